import{c as a,d as b}from"./chunk-LAK43B32.js";import"./chunk-DMG53BF2.js";import"./chunk-TJDSWNRE.js";import"./chunk-WQR7VQ4T.js";export{a as mountEditor,b as openEditor};
