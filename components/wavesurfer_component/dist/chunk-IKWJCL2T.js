import{b as a,c as b}from"./chunk-IDJGJLKA.js";import"./chunk-65ERRUYP.js";import"./chunk-TJDSWNRE.js";import"./chunk-WQR7VQ4T.js";export{a as mountEditor,b as openEditor};
