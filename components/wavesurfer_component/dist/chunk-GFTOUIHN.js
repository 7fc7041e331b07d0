import{b as a,c as b}from"./chunk-OFNBYIAX.js";import"./chunk-HRON227S.js";import"./chunk-FLPQRLA7.js";import"./chunk-6SZ24LQN.js";export{a as mountEditor,b as openEditor};
