import{b as a,c as b}from"./chunk-HJELTPHH.js";import"./chunk-W6AQYURE.js";import"./chunk-DPVJO7RX.js";import"./chunk-3VHBIPGV.js";export{a as mountEditor,b as openEditor};
