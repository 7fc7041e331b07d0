import{a,b}from"./chunk-VY3HEVXH.js";import"./chunk-F5Q5E6PV.js";import"./chunk-7NXTB5ZH.js";import"./chunk-Q5D73F2K.js";import"./chunk-BUOKYYZ5.js";export{a as mountEditor,b as openEditor};
