import{b as a,c as b}from"./chunk-THHHKTPR.js";import"./chunk-WFUNCOER.js";import"./chunk-5RBWCFLV.js";import"./chunk-BEP4EXVV.js";export{a as mountEditor,b as openEditor};
