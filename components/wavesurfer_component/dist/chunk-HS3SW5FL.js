import{b as a,c as b}from"./chunk-PIOFVW7C.js";import"./chunk-N5KRH43A.js";import"./chunk-3NXI5QVG.js";import"./chunk-OETX7PZF.js";export{a as mountEditor,b as openEditor};
