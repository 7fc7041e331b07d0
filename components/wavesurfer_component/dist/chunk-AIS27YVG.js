import{c as a,d as b}from"./chunk-QFKSBDG7.js";import"./chunk-VDT6FTQB.js";import"./chunk-EFPGEVQS.js";import"./chunk-G6HZJST4.js";export{a as mountEditor,b as openEditor};
