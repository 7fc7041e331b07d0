import{b as a,c as b}from"./chunk-5D3B74I7.js";import"./chunk-YKSZWCPS.js";import"./chunk-24DATCKP.js";import"./chunk-BWG7QMOY.js";export{a as mountEditor,b as openEditor};
