import{b as a,c as b}from"./chunk-E45PKMVR.js";import"./chunk-A2VUIRQA.js";import"./chunk-WWIGWPWA.js";import"./chunk-V7RBWDSX.js";export{a as mountEditor,b as openEditor};
