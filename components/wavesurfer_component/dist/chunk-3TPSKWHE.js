import{b as a,c as b}from"./chunk-WITNMYYE.js";import"./chunk-MF6KXDDJ.js";import"./chunk-YTZRW5MH.js";import"./chunk-3FTWZSPR.js";export{a as mountEditor,b as openEditor};
