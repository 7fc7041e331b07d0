import{b as a,c as b}from"./chunk-EBVP22GT.js";import"./chunk-7XZ5YCGB.js";import"./chunk-XUKZ5KSV.js";import"./chunk-G5RGKZDF.js";export{a as mountEditor,b as openEditor};
