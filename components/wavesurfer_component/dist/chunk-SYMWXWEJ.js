import{b as a,c as b}from"./chunk-ADMYFGGI.js";import"./chunk-7PCBTFIF.js";import"./chunk-PPPBPM5K.js";import"./chunk-U2NZGJRT.js";export{a as mountEditor,b as openEditor};
