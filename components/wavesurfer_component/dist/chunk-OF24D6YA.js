import{c as a,d as b}from"./chunk-6WMRHHKU.js";import"./chunk-SB4I5FNR.js";import"./chunk-AGWN4CRG.js";import"./chunk-OENY6AF6.js";export{a as mountEditor,b as openEditor};
