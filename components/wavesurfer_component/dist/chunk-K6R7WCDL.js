import{b as a,c as b}from"./chunk-LFMC7ZTD.js";import"./chunk-TEWBLYOU.js";import"./chunk-FYHKV423.js";import"./chunk-CSQ5GHDL.js";export{a as mountEditor,b as openEditor};
