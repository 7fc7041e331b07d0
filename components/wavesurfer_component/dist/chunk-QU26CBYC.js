import{a,b}from"./chunk-GBDSBQXB.js";import"./chunk-6NYOVSIN.js";import"./chunk-L6NRBZKV.js";import"./chunk-4NDH4ZUA.js";export{a as mountEditor,b as openEditor};
