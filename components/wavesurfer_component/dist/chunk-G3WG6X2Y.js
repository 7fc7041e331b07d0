import{a,b}from"./chunk-G3OLU7WO.js";import"./chunk-5RSOD5LS.js";import"./chunk-L6NRBZKV.js";import"./chunk-4NDH4ZUA.js";export{a as mountEditor,b as openEditor};
