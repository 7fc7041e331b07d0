function t(r){let e=URL.createObjectURL(new Blob([r],{type:"text/javascript"}));try{return new Worker(e)}finally{URL.revokeObjectURL(e)}}export{t as a};
