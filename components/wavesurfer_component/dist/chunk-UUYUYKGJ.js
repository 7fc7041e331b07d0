import{b as a,c as b}from"./chunk-2NWZJI6U.js";import"./chunk-Y4GT2HLK.js";import"./chunk-PEWRSIW6.js";import"./chunk-GAFJZWF3.js";export{a as mountEditor,b as openEditor};
