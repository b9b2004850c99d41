<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>action</name>
    <message>
        <location filename="../pages/choice_page.py" line="96" />
        <source>Further...</source>
        <translation>更多…</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="142" />
        <location filename="../pages/error_page.py" line="71" />
        <source>中文</source>
        <translation>English</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="246" />
        <source>sign in</source>
        <translation>请登录</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="252" />
        <source>Hold</source>
        <translation>暂停</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="252" />
        <source>Run</source>
        <translation>连续检测</translation>
    </message>
    <message>
        <location filename="../wording.py" line="205" />
        <source>Inspect</source>
        <translation>检测</translation>
    </message>
    <message>
        <location filename="../wording.py" line="206" />
        <source>OK</source>
        <translation>合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="207" />
        <source>NG</source>
        <translation>不合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="208" />
        <source>False alarm</source>
        <translation>误判</translation>
    </message>
    <message>
        <location filename="../wording.py" line="209" />
        <source>More...</source>
        <translation>其他处置</translation>
    </message>
    <message>
        <location filename="../wording.py" line="210" />
        <source>Pictures</source>
        <translation>图片记录</translation>
    </message>
    <message>
        <location filename="../wording.py" line="211" />
        <source>SKU</source>
        <translation>型号</translation>
    </message>
    <message>
        <location filename="../wording.py" line="212" />
        <source>Operator</source>
        <translation>操作员</translation>
    </message>
    <message>
        <location filename="../wording.py" line="213" />
        <source>Acknowledge</source>
        <translation>确认，恢复</translation>
    </message>
    <message>
        <location filename="../wording.py" line="214" />
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <location filename="../wording.py" line="215" />
        <source>Next picture</source>
        <translation>下一张图</translation>
    </message>
    <message>
        <location filename="../wording.py" line="216" />
        <source>Light</source>
        <translation>换光源</translation>
    </message>
    <message>
        <location filename="../wording.py" line="217" />
        <source>Newer</source>
        <translation>较新</translation>
    </message>
    <message>
        <location filename="../wording.py" line="218" />
        <source>Older</source>
        <translation>较早</translation>
    </message>
</context><context>
    <name>code</name>
    <message>
        <location filename="../widgets/code_panel.py" line="85" />
        <source>Code, last six</source>
        <translation>二维码 末六位</translation>
    </message>
</context><context>
    <name>counter</name>
    <message>
        <location filename="../widgets/counters.py" line="35" />
        <source>Cases</source>
        <translation>总数</translation>
    </message>
    <message>
        <location filename="../widgets/counters.py" line="36" />
        <source>Pass</source>
        <translation>合格</translation>
    </message>
    <message>
        <location filename="../widgets/counters.py" line="37" />
        <source>Fail</source>
        <translation>不合格</translation>
    </message>
    <message>
        <location filename="../widgets/counters.py" line="38" />
        <source>Review</source>
        <translation>复判</translation>
    </message>
    <message>
        <location filename="../widgets/counters.py" line="39" />
        <source>Overruled</source>
        <translation>改判</translation>
    </message>
    <message>
        <location filename="../widgets/counters.py" line="40" />
        <source>Yield</source>
        <translation>直通率</translation>
    </message>
</context><context>
    <name>defect</name>
    <message>
        <location filename="../wording.py" line="64" />
        <source>scratch</source>
        <translation>划痕</translation>
    </message>
    <message>
        <location filename="../wording.py" line="65" />
        <source>scuff</source>
        <translation>擦伤</translation>
    </message>
    <message>
        <location filename="../wording.py" line="66" />
        <source>nick</source>
        <translation>碰伤</translation>
    </message>
    <message>
        <location filename="../wording.py" line="67" />
        <source>pressure mark</source>
        <translation>压痕</translation>
    </message>
    <message>
        <location filename="../wording.py" line="68" />
        <source>dent</source>
        <translation>凹陷</translation>
    </message>
    <message>
        <location filename="../wording.py" line="69" />
        <source>bump</source>
        <translation>凸点</translation>
    </message>
    <message>
        <location filename="../wording.py" line="70" />
        <source>sink mark</source>
        <translation>缩水</translation>
    </message>
    <message>
        <location filename="../wording.py" line="71" />
        <source>warpage</source>
        <translation>变形</translation>
    </message>
    <message>
        <location filename="../wording.py" line="72" />
        <source>orange peel</source>
        <translation>橘皮</translation>
    </message>
    <message>
        <location filename="../wording.py" line="73" />
        <source>chill mark</source>
        <translation>冷料纹</translation>
    </message>
    <message>
        <location filename="../wording.py" line="74" />
        <source>wrinkle</source>
        <translation>起皱</translation>
    </message>
    <message>
        <location filename="../wording.py" line="75" />
        <source>thinning</source>
        <translation>拉伸减薄</translation>
    </message>
    <message>
        <location filename="../wording.py" line="76" />
        <source>grain loss</source>
        <translation>纹路不清</translation>
    </message>
    <message>
        <location filename="../wording.py" line="77" />
        <source>stress whitening</source>
        <translation>发白</translation>
    </message>
    <message>
        <location filename="../wording.py" line="78" />
        <source>crack</source>
        <translation>开裂</translation>
    </message>
    <message>
        <location filename="../wording.py" line="79" />
        <source>crazing</source>
        <translation>银纹</translation>
    </message>
    <message>
        <location filename="../wording.py" line="80" />
        <source>incomplete forming</source>
        <translation>缺料</translation>
    </message>
    <message>
        <location filename="../wording.py" line="81" />
        <source>flash, burr</source>
        <translation>飞边毛刺</translation>
    </message>
    <message>
        <location filename="../wording.py" line="82" />
        <source>bad trim</source>
        <translation>切边不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="83" />
        <source>hole offset or missing</source>
        <translation>孔位不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="84" />
        <source>speck</source>
        <translation>黑点杂质</translation>
    </message>
    <message>
        <location filename="../wording.py" line="85" />
        <source>gel</source>
        <translation>晶点</translation>
    </message>
    <message>
        <location filename="../wording.py" line="86" />
        <source>bubble</source>
        <translation>气泡</translation>
    </message>
    <message>
        <location filename="../wording.py" line="87" />
        <source>pits</source>
        <translation>麻点</translation>
    </message>
    <message>
        <location filename="../wording.py" line="88" />
        <source>flow mark</source>
        <translation>流痕</translation>
    </message>
    <message>
        <location filename="../wording.py" line="89" />
        <source>weld line</source>
        <translation>熔接线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="90" />
        <source>die line</source>
        <translation>挤出线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="91" />
        <source>burn</source>
        <translation>烧焦</translation>
    </message>
    <message>
        <location filename="../wording.py" line="92" />
        <source>colour streak</source>
        <translation>色纹</translation>
    </message>
    <message>
        <location filename="../wording.py" line="93" />
        <source>colour difference</source>
        <translation>色差</translation>
    </message>
    <message>
        <location filename="../wording.py" line="94" />
        <source>gloss variation</source>
        <translation>光泽不均</translation>
    </message>
    <message>
        <location filename="../wording.py" line="95" />
        <source>stain</source>
        <translation>脏污</translation>
    </message>
    <message>
        <location filename="../wording.py" line="96" />
        <source>dust, lint</source>
        <translation>灰尘毛絮</translation>
    </message>
    <message>
        <location filename="../wording.py" line="97" />
        <source>lamination bubble</source>
        <translation>贴膜气泡</translation>
    </message>
    <message>
        <location filename="../wording.py" line="98" />
        <source>film wrinkle</source>
        <translation>膜起皱</translation>
    </message>
    <message>
        <location filename="../wording.py" line="99" />
        <source>delamination</source>
        <translation>脱膜</translation>
    </message>
    <message>
        <location filename="../wording.py" line="100" />
        <source>print defect</source>
        <translation>印刷缺陷</translation>
    </message>
    <message>
        <location filename="../wording.py" line="101" />
        <source>pattern shift</source>
        <translation>图案偏位</translation>
    </message>
    <message>
        <location filename="../wording.py" line="102" />
        <source>protective film</source>
        <translation>保护膜</translation>
    </message>
    <message>
        <location filename="../wording.py" line="103" />
        <source>bad rivet</source>
        <translation>铆钉不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="104" />
        <source>wheel seat or corner</source>
        <translation>轮座护角</translation>
    </message>
    <message>
        <location filename="../wording.py" line="105" />
        <source>zip or seam</source>
        <translation>拉链缝线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="106" />
        <source>aluminium frame</source>
        <translation>铝框不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="107" />
        <source>lock or handle</source>
        <translation>锁或提手</translation>
    </message>
    <message>
        <location filename="../wording.py" line="108" />
        <source>badge</source>
        <translation>标牌</translation>
    </message>
    <message>
        <location filename="../wording.py" line="109" />
        <source>wrong colour or SKU</source>
        <translation>错色错款</translation>
    </message>
    <message>
        <location filename="../wording.py" line="110" />
        <source>unknown defect</source>
        <translation>未知缺陷</translation>
    </message>
</context><context>
    <name>disposition</name>
    <message>
        <location filename="../wording.py" line="156" />
        <source>OK</source>
        <translation>合格 OK</translation>
    </message>
    <message>
        <location filename="../wording.py" line="157" />
        <source>NG</source>
        <translation>不合格 NG</translation>
    </message>
    <message>
        <location filename="../wording.py" line="158" />
        <source>Recheck</source>
        <translation>复判</translation>
    </message>
    <message>
        <location filename="../wording.py" line="159" />
        <source>Rework</source>
        <translation>返工</translation>
    </message>
    <message>
        <location filename="../wording.py" line="160" />
        <source>B-grade</source>
        <translation>二等品 B 级</translation>
    </message>
    <message>
        <location filename="../wording.py" line="161" />
        <source>Scrap</source>
        <translation>报废</translation>
    </message>
</context><context>
    <name>lamp</name>
    <message>
        <location filename="../wording.py" line="191" />
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <location filename="../wording.py" line="192" />
        <source>Attention</source>
        <translation>注意</translation>
    </message>
    <message>
        <location filename="../wording.py" line="193" />
        <source>Fault</source>
        <translation>故障</translation>
    </message>
    <message>
        <location filename="../wording.py" line="194" />
        <source>Off</source>
        <translation>未启用</translation>
    </message>
    <message>
        <location filename="../wording.py" line="198" />
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <location filename="../wording.py" line="199" />
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <location filename="../wording.py" line="200" />
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <location filename="../wording.py" line="201" />
        <source>Database</source>
        <translation>数据库</translation>
    </message>
</context><context>
    <name>light</name>
    <message>
        <location filename="../wording.py" line="137" />
        <source>north</source>
        <translation>北侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="138" />
        <source>south</source>
        <translation>南侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="139" />
        <source>east</source>
        <translation>东侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="140" />
        <source>west</source>
        <translation>西侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="141" />
        <source>diffuse</source>
        <translation>漫射光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="142" />
        <source>dome</source>
        <translation>穹顶光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="143" />
        <source>coaxial</source>
        <translation>同轴光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="144" />
        <source>back light</source>
        <translation>背光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="145" />
        <source>stripes</source>
        <translation>条纹光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="146" />
        <source>ambient</source>
        <translation>环境光</translation>
    </message>
</context><context>
    <name>live</name>
    <message>
        <location filename="../widgets/live_panel.py" line="147" />
        <location filename="../widgets/live_panel.py" line="128" />
        <source>No picture yet</source>
        <translation>还没有画面</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="161" />
        <source>No picture of this view was kept</source>
        <translation>此视图没有保存图片</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="178" />
        <source>JUDGED: {case} {verdict}</source>
        <translation>判定画面：{case} {verdict}</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="183" />
        <source>NO PICTURE</source>
        <translation>无画面</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="190" />
        <source>LIVE</source>
        <translation>实时</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="192" />
        <source>STILL, {seconds} s old</source>
        <translation>静止画面，{seconds} 秒前</translation>
    </message>
</context><context>
    <name>measure</name>
    <message>
        <location filename="../wording.py" line="115" />
        <source>length</source>
        <translation>长</translation>
    </message>
    <message>
        <location filename="../wording.py" line="116" />
        <source>width</source>
        <translation>宽</translation>
    </message>
    <message>
        <location filename="../wording.py" line="117" />
        <source>diameter</source>
        <translation>直径</translation>
    </message>
    <message>
        <location filename="../wording.py" line="118" />
        <source>area</source>
        <translation>面积</translation>
    </message>
    <message>
        <location filename="../wording.py" line="119" />
        <source>depth</source>
        <translation>深</translation>
    </message>
    <message>
        <location filename="../wording.py" line="120" />
        <source>spacing</source>
        <translation>间距</translation>
    </message>
</context><context>
    <name>operator</name>
    <message>
        <location filename="../pages/operator_page.py" line="85" />
        <source>Who works here? Name, or scan the badge</source>
        <translation>谁在操作？输入姓名或扫描工牌</translation>
    </message>
    <message>
        <location filename="../pages/operator_page.py" line="86" />
        <source>Name or badge number</source>
        <translation>姓名或工牌号</translation>
    </message>
    <message>
        <location filename="../pages/operator_page.py" line="87" />
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
</context><context>
    <name>overrule</name>
    <message>
        <location filename="../wording.py" line="165" />
        <source>False alarm</source>
        <translation>误判</translation>
    </message>
    <message>
        <location filename="../wording.py" line="166" />
        <source>Within the limit sample</source>
        <translation>在限度样品内</translation>
    </message>
    <message>
        <location filename="../wording.py" line="167" />
        <source>Dust or lint</source>
        <translation>灰尘毛絮</translation>
    </message>
    <message>
        <location filename="../wording.py" line="168" />
        <source>Stain, wiped off</source>
        <translation>脏污已擦净</translation>
    </message>
    <message>
        <location filename="../wording.py" line="169" />
        <source>Rib or grain</source>
        <translation>筋条或纹理</translation>
    </message>
    <message>
        <location filename="../wording.py" line="170" />
        <source>Reflection</source>
        <translation>反光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="171" />
        <source>Fitting, logo or zip</source>
        <translation>配件标牌拉链</translation>
    </message>
    <message>
        <location filename="../wording.py" line="172" />
        <source>Protective film</source>
        <translation>保护膜</translation>
    </message>
    <message>
        <location filename="../wording.py" line="173" />
        <source>Missed defect</source>
        <translation>漏检</translation>
    </message>
    <message>
        <location filename="../wording.py" line="174" />
        <source>Confirmed by eye</source>
        <translation>目视确认</translation>
    </message>
    <message>
        <location filename="../wording.py" line="175" />
        <source>Bad picture or pose</source>
        <translation>画面或摆放不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="176" />
        <source>Other</source>
        <translation>其他</translation>
    </message>
</context><context>
    <name>reason</name>
    <message>
        <location filename="../pages/station_page.py" line="258" />
        <source>{count} more reasons: {key}</source>
        <translation>另有 {count} 条原因，按 {key} 查看</translation>
    </message>
    <message>
        <location filename="../widgets/reason_card.py" line="183" />
        <source>limit</source>
        <translation>限度</translation>
    </message>
    <message>
        <location filename="../widgets/reason_card.py" line="187" />
        <location filename="../widgets/reason_card.py" line="185" />
        <source>found</source>
        <translation>实测</translation>
    </message>
    <message>
        <location filename="../wording.py" line="30" />
        <source>{label} {measure} {value:.1f} {unit}, zone {zone} allows {limit:.1f}</source>
        <translation>{label}：{measure} {value:.1f} {unit}，{zone} 区允许 {limit:.1f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="33" />
        <source>{label} {measure} {value:.1f} ± {uncertainty:.1f} {unit} is too near zone {zone}'s limit {limit:.1f}</source>
        <translation>{label}：{measure} {value:.1f} ± {uncertainty:.1f} {unit}，太接近 {zone} 区限度 {limit:.1f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="37" />
        <source>{label} {value:.1f} mm, zone {zone} allows none</source>
        <translation>{label} {value:.1f} mm，{zone} 区不允许</translation>
    </message>
    <message>
        <location filename="../wording.py" line="38" />
        <source>{value:.0f} x {label}, zone {zone} allows {limit:.0f}</source>
        <translation>{label} {value:.0f} 处，{zone} 区允许 {limit:.0f} 处</translation>
    </message>
    <message>
        <location filename="../wording.py" line="39" />
        <source>{label} {value:.0f} mm apart, zone {zone} wants {limit:.0f}</source>
        <translation>{label}间距 {value:.0f} mm，{zone} 区要求 {limit:.0f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="40" />
        <source>{value:.1f} x {label} per 100 cm², zone {zone} allows {limit:.1f}</source>
        <translation>{label}每 100 cm² {value:.1f} 处，{zone} 区允许 {limit:.1f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="43" />
        <source>{label} {value:.1f} mm in zone {zone}: the recipe has no limit for it</source>
        <translation>{label} {value:.1f} mm，{zone} 区：配方没有此限度</translation>
    </message>
    <message>
        <location filename="../wording.py" line="46" />
        <source>{label} {value:.1f} mm in zone {zone} may be {other}, which is not allowed that size</source>
        <translation>{label} {value:.1f} mm，{zone} 区：也可能是{other}，该缺陷不允许此尺寸</translation>
    </message>
    <message>
        <location filename="../wording.py" line="49" />
        <source>view {view} is near the model's threshold (score {value:.2f})</source>
        <translation>视图 {view} 接近模型阈值（得分 {value:.2f}）</translation>
    </message>
    <message>
        <location filename="../wording.py" line="52" />
        <source>view {view} is missing</source>
        <translation>缺少视图 {view}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="53" />
        <source>camera {camera}: {detail}</source>
        <translation>相机 {camera}：{detail}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="54" />
        <source>view {view}, step {step}: {detail}</source>
        <translation>视图 {view}，步骤 {step}：{detail}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="55" />
        <source>model {model}: {detail}</source>
        <translation>模型 {model}：{detail}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="56" />
        <source>camera {camera} lost {value:.0f} frame(s)</source>
        <translation>相机 {camera} 丢失 {value:.0f} 帧</translation>
    </message>
    <message>
        <location filename="../wording.py" line="57" />
        <source>the trigger came while the station was full</source>
        <translation>触发时工位已满</translation>
    </message>
    <message>
        <location filename="../wording.py" line="58" />
        <source>the station was stopped before the case was judged</source>
        <translation>判定之前工位已停止</translation>
    </message>
    <message>
        <location filename="../wording.py" line="59" />
        <source>the program ended before the case was recorded</source>
        <translation>记录之前程序已结束</translation>
    </message>
    <message>
        <location filename="../wording.py" line="60" />
        <source>fault: {detail}</source>
        <translation>故障：{detail}</translation>
    </message>
</context><context>
    <name>record</name>
    <message>
        <location filename="../pages/record_page.py" line="162" />
        <source>Loading...</source>
        <translation>读取中…</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="165" />
        <source>No picture of this case was kept</source>
        <translation>此件没有保存图片</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="194" />
        <source>Further reasons ({page} of {pages})</source>
        <translation>更多原因（{page}/{pages}）</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="199" />
        <source>{time}   SKU {sku}   record {row}
model {model}   recipe {recipe}   program {program}</source>
        <translation>{time}   型号 {sku}   记录 {row}
模型 {model}   配方 {recipe}   程序 {program}</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="219" />
        <source>frame</source>
        <translation>原图</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="220" />
        <source>crop</source>
        <translation>局部</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="221" />
        <source>map of scores</source>
        <translation>得分图</translation>
    </message>
</context><context>
    <name>state</name>
    <message>
        <location filename="../wording.py" line="181" />
        <source>Starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <location filename="../wording.py" line="182" />
        <source>Halted</source>
        <translation>已停止</translation>
    </message>
    <message>
        <location filename="../wording.py" line="183" />
        <source>Line stop</source>
        <translation>停线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="184" />
        <source>Initialised</source>
        <translation>已初始化</translation>
    </message>
    <message>
        <location filename="../wording.py" line="185" />
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <location filename="../wording.py" line="186" />
        <source>Inspecting</source>
        <translation>检测中</translation>
    </message>
    <message>
        <location filename="../wording.py" line="187" />
        <source>Running</source>
        <translation>运行中</translation>
    </message>
</context><context>
    <name>stop</name>
    <message>
        <location filename="../pages/error_page.py" line="66" />
        <source>LINE STOP</source>
        <translation>停线</translation>
    </message>
    <message>
        <location filename="../pages/error_page.py" line="68" />
        <source>Nothing is judged. Hold back every case, put the cause right, then acknowledge.</source>
        <translation>现在不判定任何箱壳。请留住所有箱壳，排除原因，然后确认。</translation>
    </message>
</context><context>
    <name>verdict</name>
    <message>
        <location filename="../widgets/verdict_panel.py" line="100" />
        <source>Decided: {what}   machine: {verdict}</source>
        <translation>人工：{what}   机器：{verdict}</translation>
    </message>
    <message>
        <location filename="../widgets/verdict_panel.py" line="113" />
        <source>Case {case}</source>
        <translation>件号 {case}</translation>
    </message>
    <message>
        <location filename="../widgets/verdict_panel.py" line="117" />
        <source>Inspecting...</source>
        <translation>检测中…</translation>
    </message>
    <message>
        <location filename="../widgets/verdict_panel.py" line="119" />
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <location filename="../widgets/verdict_panel.py" line="123" />
        <source>before: {case}</source>
        <translation>上一件：{case}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="150" />
        <source>PASS</source>
        <translation>合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="151" />
        <source>FAIL</source>
        <translation>不合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="152" />
        <source>REVIEW</source>
        <translation>复判</translation>
    </message>
</context><context>
    <name>window</name>
    <message>
        <location filename="../questions.py" line="21" />
        <source>What happens with this case?</source>
        <translation>这一件怎么处置？</translation>
    </message>
    <message>
        <location filename="../questions.py" line="32" />
        <source>Why {disposition}?</source>
        <translation>为什么判 {disposition}？</translation>
    </message>
    <message>
        <location filename="../questions.py" line="46" />
        <source>Which SKU comes next?</source>
        <translation>下一个型号？</translation>
    </message>
    <message>
        <location filename="../window.py" line="220" />
        <source>All cases of the source are through</source>
        <translation>图源中的箱壳已全部检测</translation>
    </message>
    <message>
        <location filename="../window.py" line="332" />
        <source>There is no case yet</source>
        <translation>还没有记录</translation>
    </message>
    <message>
        <location filename="../window.py" line="365" />
        <source>Changing over to {sku}...</source>
        <translation>正在换型：{sku}…</translation>
    </message>
    <message>
        <location filename="../window.py" line="371" />
        <source>Changed over to {sku}</source>
        <translation>已换型：{sku}</translation>
    </message>
</context><context>
    <name>zone</name>
    <message>
        <location filename="../wording.py" line="124" />
        <source>front</source>
        <translation>正面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="125" />
        <source>side</source>
        <translation>侧面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="126" />
        <source>back</source>
        <translation>背面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="127" />
        <source>bottom</source>
        <translation>底面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="128" />
        <source>top</source>
        <translation>顶面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="129" />
        <source>left</source>
        <translation>左侧</translation>
    </message>
    <message>
        <location filename="../wording.py" line="130" />
        <source>right</source>
        <translation>右侧</translation>
    </message>
    <message>
        <location filename="../wording.py" line="131" />
        <source>edge</source>
        <translation>边缘</translation>
    </message>
    <message>
        <location filename="../wording.py" line="132" />
        <source>corner</source>
        <translation>转角</translation>
    </message>
    <message>
        <location filename="../wording.py" line="133" />
        <source>inside</source>
        <translation>内侧</translation>
    </message>
</context></TS>
