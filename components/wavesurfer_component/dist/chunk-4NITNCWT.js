import{b as a,c as b}from"./chunk-WIMITBY4.js";import"./chunk-JKCU2MBJ.js";import"./chunk-PEWRSIW6.js";import"./chunk-GAFJZWF3.js";export{a as mountEditor,b as openEditor};
