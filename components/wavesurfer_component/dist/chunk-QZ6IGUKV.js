import{b as a,c as b}from"./chunk-K5EI7GAV.js";import"./chunk-WY3GPMCG.js";import"./chunk-WWIGWPWA.js";import"./chunk-V7RBWDSX.js";export{a as mountEditor,b as openEditor};
