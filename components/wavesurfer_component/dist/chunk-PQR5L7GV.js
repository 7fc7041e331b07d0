import{b as a,c as b}from"./chunk-4MZXANHJ.js";import"./chunk-GEYYPKRL.js";import"./chunk-D4FNBTHE.js";import"./chunk-MPX62OUO.js";export{a as mountEditor,b as openEditor};
