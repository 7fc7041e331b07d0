import{b as a,c as b}from"./chunk-FD2I4NSE.js";import"./chunk-7IUZRUBF.js";import"./chunk-TJDSWNRE.js";import"./chunk-WQR7VQ4T.js";export{a as mountEditor,b as openEditor};
