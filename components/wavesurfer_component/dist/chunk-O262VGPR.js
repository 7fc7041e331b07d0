import{b as a,c as b}from"./chunk-Z5GHLLWJ.js";import"./chunk-4BG2L5GE.js";import"./chunk-SIM2QTV5.js";import"./chunk-BPHP5AFE.js";export{a as mountEditor,b as openEditor};
