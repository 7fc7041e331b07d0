import{b as a,c as b}from"./chunk-VLXIOW4Y.js";import"./chunk-UB5BY5EC.js";import"./chunk-LZE7OU3U.js";import"./chunk-YFBLXVA3.js";export{a as mountEditor,b as openEditor};
