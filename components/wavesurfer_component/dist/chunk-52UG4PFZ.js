import{b as a,c as b}from"./chunk-CAYPV647.js";import"./chunk-YLQPFDXC.js";import"./chunk-BJKVLH3K.js";import"./chunk-Q2IUWSDS.js";export{a as mountEditor,b as openEditor};
