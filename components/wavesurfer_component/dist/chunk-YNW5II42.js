import{b as a,c as b}from"./chunk-DUXBWA4G.js";import"./chunk-ZLWKPJUW.js";import"./chunk-OBXFPHGP.js";import"./chunk-IYY3P26E.js";export{a as mountEditor,b as openEditor};
