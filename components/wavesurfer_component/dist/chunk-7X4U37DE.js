import{b as a,c as b}from"./chunk-OU2OIYDL.js";import"./chunk-Q7MHRGRX.js";import"./chunk-6TJHWXHB.js";import"./chunk-BODJ2WUB.js";export{a as mountEditor,b as openEditor};
