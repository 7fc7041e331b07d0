import{b as a,c as b}from"./chunk-TRUNH3TU.js";import"./chunk-CZ4FCACQ.js";import"./chunk-5RBWCFLV.js";import"./chunk-BEP4EXVV.js";export{a as mountEditor,b as openEditor};
