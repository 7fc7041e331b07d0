import{b as a,c as b}from"./chunk-ZUQFMBGX.js";import"./chunk-CCFD3BQO.js";import"./chunk-ACXNZ3V5.js";import"./chunk-BJVD6J64.js";export{a as mountEditor,b as openEditor};
