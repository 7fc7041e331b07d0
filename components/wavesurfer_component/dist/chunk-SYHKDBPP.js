import{b as a,c as b}from"./chunk-PMMZHYOC.js";import"./chunk-7Y7G3UZB.js";import"./chunk-TJDSWNRE.js";import"./chunk-WQR7VQ4T.js";export{a as mountEditor,b as openEditor};
