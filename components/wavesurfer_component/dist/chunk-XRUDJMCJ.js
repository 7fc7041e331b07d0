import{b as a,c as b}from"./chunk-C47KLRRS.js";import"./chunk-6EYH2CDU.js";import"./chunk-TJDSWNRE.js";import"./chunk-WQR7VQ4T.js";export{a as mountEditor,b as openEditor};
