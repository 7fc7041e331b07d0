import{b as a,c as b}from"./chunk-JEYQU3RD.js";import"./chunk-E4NDZH45.js";import"./chunk-3NYUB7YP.js";import"./chunk-BJVD6J64.js";export{a as mountEditor,b as openEditor};
