import{b as a,c as b}from"./chunk-OQWYFJMS.js";import"./chunk-GR5BGNO6.js";import"./chunk-4HNAJOVS.js";import"./chunk-BPHP5AFE.js";export{a as mountEditor,b as openEditor};
