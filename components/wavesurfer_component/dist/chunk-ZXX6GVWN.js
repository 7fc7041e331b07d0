import{b as a,c as b}from"./chunk-7WZYILQK.js";import"./chunk-LZP7W5NZ.js";import"./chunk-CI667IXB.js";import"./chunk-U2NZGJRT.js";export{a as mountEditor,b as openEditor};
