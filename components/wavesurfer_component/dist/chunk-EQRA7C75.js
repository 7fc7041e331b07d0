import{b as a,c as b}from"./chunk-QV5ZPGO5.js";import"./chunk-GMHDDFDF.js";import"./chunk-2KEUHBJB.js";import"./chunk-HBCF7CY6.js";export{a as mountEditor,b as openEditor};
