import{b as a,c as b}from"./chunk-FUUUTJ7C.js";import"./chunk-FG2GJAY6.js";import"./chunk-FLPQRLA7.js";import"./chunk-6SZ24LQN.js";export{a as mountEditor,b as openEditor};
