import dev.weir.forecast.candidate.*; import dev.weir.forecast.learn.*; import dev.weir.rnn.cell.*; import java.nio.*; import java.nio.file.*; import java.util.*;
public class Psf {
  static float[] read(String f) throws Exception { FloatBuffer b=ByteBuffer.wrap(Files.readAllBytes(Path.of(f))).asFloatBuffer(); float[] a=new float[b.remaining()]; b.get(a); return a; }
  static float[] permute(float[] w, CandidateShape s, int[] order) { float[] r=w.clone(); int n=order.length; int prior=w.length-n, emb=-1; 
    int off=s.encoder().parameterCount(); emb=off+32*(s.encoder().outputSize()+6)+32+24*39+24+24*9; for(int i=0;i<n;i++){ System.arraycopy(w,emb+order[i]*24,r,emb+i*24,24); r[prior+i]=w[prior+order[i]]; } return r; }
  public static void main(String[] a) throws Exception {
    String weights=a[0]; int H=Integer.parseInt(a[1]); boolean off=a.length>2&&a[2].equals("base");
    CandidateShape shape=new CandidateShape(12,new RnnConfig(Cell.GRU,17,32,2,true,true));
    int[] order={0,2,3,4,5,6,1,7,8,9,10,11};
    float[] w=permute(read(weights),shape,order);
    Map<String,Integer> seasons=new TreeMap<>(); for(String l: Files.readAllLines(Path.of(System.getProperty("data"),"meta.csv"))){ String[] c=l.split(","); if(c[0].equals("public")) seasons.put(c[1],Integer.parseInt(c[6])); }
    double s2=0,s24=0; int n2=0; double[][] byAge=new double[4][2]; int[] cnt=new int[4]; long values=0, nanos=0;
    for (var en: seasons.entrySet()) { Path p=Path.of(System.getProperty("data"),en.getKey()+".csv"); if(!Files.exists(p)) continue; 
      List<String> lines=Files.readAllLines(p); int n=Math.min(lines.size()-1,5000), m=en.getValue(); double[] y=new double[n]; for(int i=0;i<n;i++) y[i]=Double.parseDouble(lines.get(i+1).split(",")[2]);
      CandidateNetwork net=new CandidateNetwork(shape); net.load(w);
      LearnerSettings st=LearnerSettings.defaults(H).withExperts(List.of("naive","weekly-naive","seasonal-profile","median-7","median-25","seasonal-median"));
      st=new LearnerSettings(H,st.experts(),st.analogWindow(),st.analogNeighbours(),st.tail(),st.exactLimit(),st.longestWeek(),false,8,.98,st.levels(),st.intervalStep(),st.training());
      Learner l=new Learner(st,List.of(),off?null:net); LearnerState ls=l.newSeries(en.getKey(),m);
      int W=Math.min(Math.max(200,3*m),n/3), last=n-24; double[] f=new double[H]; double e2=0,e24=0,na2=0,na24=0,se2=0,se24=0; double[][] g=new double[4][3];
      for(int t=1;t<=last;t++){ long z=System.nanoTime(); l.observe(ls,t,y[t-1]); l.forecast(ls,f,null,null); nanos+=System.nanoTime()-z; values++; int age=t<20?-1:t<40?0:t<100?1:t<200?2:t<400?3:-1;
        if(t<W&&age<0) continue; for(int i=1;i<=H;i++){ double tr=y[t+i-1]; int b=t+i-m*((i+m-1)/m); double sn=Math.abs(tr-(b>=1?y[b-1]:y[t-1])), nn=Math.abs(tr-y[t-1]), er=Math.abs(tr-f[i-1]); if(age>=0){g[age][0]+=er;g[age][1]+=nn;g[age][2]+=sn;} if(t>=W){ e24+=er;na24+=nn;se24+=sn; if(i<=2){e2+=er;na2+=nn;se2+=sn;} } } }
      double r2=e2/Math.min(na2,se2), r24=e24/Math.min(na24,se24); s2+=Math.log(r2); s24+=Math.log(r24); n2++; for(int k=0;k<4;k++){ double b=Math.min(g[k][1],g[k][2]); if(b>0&&g[k][0]>0){byAge[k][0]+=Math.log(g[k][0]/b);cnt[k]++;} }
      System.out.printf("%-24s %.4f %.4f%n",en.getKey(),r2,r24); }
    System.out.printf("%s series %d h2 %.4f h%d %.4f  20-40 %.3f 40-100 %.3f 100-200 %.3f 200-400 %.3f   us/value %.1f%n",weights,n2,Math.exp(s2/n2),H,Math.exp(s24/n2),Math.exp(byAge[0][0]/cnt[0]),Math.exp(byAge[1][0]/cnt[1]),Math.exp(byAge[2][0]/cnt[2]),Math.exp(byAge[3][0]/cnt[3]),nanos/1e3/values);
  }
}
