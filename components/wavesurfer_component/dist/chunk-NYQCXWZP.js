import{b as a,c as b}from"./chunk-EOWWK4AA.js";import"./chunk-6OBFJEGF.js";import"./chunk-ELENGE42.js";import"./chunk-EYGKZY5Q.js";export{a as mountEditor,b as openEditor};
