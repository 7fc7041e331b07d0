import{c as a,d as b}from"./chunk-Z4HY7U7Z.js";import"./chunk-YIYZTSQQ.js";import"./chunk-PLOSDGGX.js";import"./chunk-4UP6Z3PV.js";export{a as mountEditor,b as openEditor};
