import{b as a,c as b}from"./chunk-IY63XUXR.js";import"./chunk-C2HBNHJQ.js";import"./chunk-3NYUB7YP.js";import"./chunk-BJVD6J64.js";export{a as mountEditor,b as openEditor};
