import{b as a,c as b}from"./chunk-P2PBMUOP.js";import"./chunk-2BIG5CXL.js";import"./chunk-LYAQ2MXA.js";import"./chunk-OHF5DI6J.js";export{a as mountEditor,b as openEditor};
