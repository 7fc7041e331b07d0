import{b as a,c as b}from"./chunk-YBHLW3WH.js";import"./chunk-WFJLPWP3.js";import"./chunk-PKYTMARX.js";import"./chunk-XL3J4ZHH.js";export{a as mountEditor,b as openEditor};
