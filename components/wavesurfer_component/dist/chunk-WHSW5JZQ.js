import{c as a,d as b}from"./chunk-I3QNVR2U.js";import"./chunk-EGQGQ3EX.js";import"./chunk-5SAHXVWO.js";import"./chunk-T4FI4OIF.js";export{a as mountEditor,b as openEditor};
