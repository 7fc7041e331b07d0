import{c as a,d as b}from"./chunk-6JZAHU4R.js";import"./chunk-FGGUJ7C2.js";import"./chunk-GDZFWFBN.js";import"./chunk-2MJA2QR5.js";export{a as mountEditor,b as openEditor};
