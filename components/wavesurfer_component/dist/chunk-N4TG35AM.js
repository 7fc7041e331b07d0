import{b as a,c as b}from"./chunk-EEGPGQ2A.js";import"./chunk-D6BANLY6.js";import"./chunk-FLPQRLA7.js";import"./chunk-6SZ24LQN.js";export{a as mountEditor,b as openEditor};
