import{b as a,c as b}from"./chunk-NHZA652E.js";import"./chunk-B5LORFJ3.js";import"./chunk-YEJZ7NS4.js";import"./chunk-G5RGKZDF.js";export{a as mountEditor,b as openEditor};
