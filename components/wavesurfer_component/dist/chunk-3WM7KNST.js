import{b as a,c as b}from"./chunk-66AVQOY2.js";import"./chunk-MVXVYY43.js";import"./chunk-PEWRSIW6.js";import"./chunk-GAFJZWF3.js";export{a as mountEditor,b as openEditor};
