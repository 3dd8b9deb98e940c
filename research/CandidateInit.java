package dev.weir.forecast.candidate;
import dev.weir.rnn.*; import dev.weir.rnn.training.*; import java.util.*;
public class CandidateInit {
  /** torch's initialisation; out, gam and the residual's last layer 0, k 1, emb U(+-.35). */
  public static float[] weights(CandidateShape s,long seed){ float[] w=new float[s.parameterCount()]; TorchRandom g=new TorchRandom(seed); float[] enc=Initialization.recurrent(s.encoder(),g); System.arraycopy(enc,0,w,0,enc.length); Random r=new Random(seed);
    for(var e:s.head().entrySet()){ int at=s.offset(e.getKey()), n=e.getValue(); String k=e.getKey(); int in= k.startsWith("ctx")?s.contextInputs():k.startsWith("hor")?39:k.startsWith("f.")?9:k.startsWith("res.0")?48:24; double b=1/Math.sqrt(in);
      for(int i=0;i<n;i++) w[at+i]= k.equals("k")?1: k.equals("prior")||k.startsWith("out")||k.startsWith("gam")||k.startsWith("res.2")?0: k.equals("emb")?(float)(.35*(2*r.nextDouble()-1)):(float)(b*(2*r.nextDouble()-1)); }
    return w; }
  public static boolean[] matrices(CandidateShape s){ boolean[] m=new boolean[s.parameterCount()]; Arrays.fill(m,0,s.encoder().parameterCount(),true); for(var e:s.head().entrySet()) if(e.getKey().endsWith("weight")) Arrays.fill(m,s.offset(e.getKey()),s.offset(e.getKey())+e.getValue(),true); return m; }
  public static boolean[] frozen(CandidateShape s){ boolean[] m=new boolean[s.parameterCount()]; Arrays.fill(m,s.offset("prior"),s.offset("prior")+s.candidates(),true); return m; }
}
