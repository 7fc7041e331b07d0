import{b as a,c as b}from"./chunk-NGIS3EEO.js";import"./chunk-GHV2LXY7.js";import"./chunk-L6NRBZKV.js";import"./chunk-4NDH4ZUA.js";export{a as mountEditor,b as openEditor};
