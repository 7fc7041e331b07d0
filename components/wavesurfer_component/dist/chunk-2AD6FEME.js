import{c as a,d as b}from"./chunk-HK52ZAYB.js";import"./chunk-6SBLOYOZ.js";import"./chunk-AGWN4CRG.js";import"./chunk-OENY6AF6.js";export{a as mountEditor,b as openEditor};
