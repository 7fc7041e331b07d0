import{b as a,c as b}from"./chunk-CYIOYZPG.js";import"./chunk-ZW7JYOVB.js";import"./chunk-PPPBPM5K.js";import"./chunk-U2NZGJRT.js";export{a as mountEditor,b as openEditor};
