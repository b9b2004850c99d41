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
        <location filename="../pages/entry_page.py" line="43" />
        <source>Accept</source>
        <translation>确定</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="153" />
        <location filename="../pages/error_page.py" line="71" />
        <source>中文</source>
        <translation>English</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="291" />
        <source>sign in</source>
        <translation>请登录</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="297" />
        <source>Hold</source>
        <translation>暂停</translation>
    </message>
    <message>
        <location filename="../pages/station_page.py" line="297" />
        <source>Run</source>
        <translation>连续检测</translation>
    </message>
    <message>
        <location filename="../wording.py" line="315" />
        <location filename="../widgets/banner.py" line="75" />
        <source>Label page</source>
        <translation>标签页</translation>
    </message>
    <message>
        <location filename="../wording.py" line="298" />
        <source>Inspect</source>
        <translation>检测</translation>
    </message>
    <message>
        <location filename="../wording.py" line="299" />
        <source>OK</source>
        <translation>合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="300" />
        <source>NG</source>
        <translation>不合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="301" />
        <source>False alarm</source>
        <translation>误判</translation>
    </message>
    <message>
        <location filename="../wording.py" line="302" />
        <source>More...</source>
        <translation>其他处置</translation>
    </message>
    <message>
        <location filename="../wording.py" line="303" />
        <source>Pictures</source>
        <translation>图片记录</translation>
    </message>
    <message>
        <location filename="../wording.py" line="304" />
        <source>SKU</source>
        <translation>型号</translation>
    </message>
    <message>
        <location filename="../wording.py" line="305" />
        <source>Operator</source>
        <translation>操作员</translation>
    </message>
    <message>
        <location filename="../wording.py" line="306" />
        <source>Acknowledge</source>
        <translation>确认，恢复</translation>
    </message>
    <message>
        <location filename="../wording.py" line="307" />
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <location filename="../wording.py" line="308" />
        <source>Next picture</source>
        <translation>下一张图</translation>
    </message>
    <message>
        <location filename="../wording.py" line="309" />
        <source>Light</source>
        <translation>换光源</translation>
    </message>
    <message>
        <location filename="../wording.py" line="310" />
        <source>Newer</source>
        <translation>较新</translation>
    </message>
    <message>
        <location filename="../wording.py" line="311" />
        <source>Older</source>
        <translation>较早</translation>
    </message>
    <message>
        <location filename="../wording.py" line="312" />
        <source>Heat map</source>
        <translation>热力图</translation>
    </message>
    <message>
        <location filename="../wording.py" line="313" />
        <source>Teach this</source>
        <translation>教这件</translation>
    </message>
    <message>
        <location filename="../wording.py" line="314" />
        <source>Models</source>
        <translation>模型</translation>
    </message>
</context><context>
    <name>banner</name>
    <message>
        <location filename="../widgets/banner.py" line="67" />
        <location filename="../standings.py" line="63" />
        <source>Automatic mode is off</source>
        <translation>自动模式已锁定</translation>
    </message>
    <message>
        <location filename="../widgets/banner.py" line="67" />
        <location filename="../standings.py" line="64" />
        <source>Please look at this</source>
        <translation>请注意</translation>
    </message>
    <message>
        <location filename="../widgets/banner.py" line="70" />
        <source>(and {count} more)</source>
        <translation>（另有 {count} 条）</translation>
    </message>
</context><context>
    <name>calibration</name>
    <message>
        <location filename="../pages/calibration_page.py" line="44" />
        <source>Lens</source>
        <translation>镜头</translation>
    </message>
    <message>
        <location filename="../pages/calibration_page.py" line="45" />
        <source>Scale</source>
        <translation>比例</translation>
    </message>
    <message>
        <location filename="../pages/calibration_page.py" line="46" />
        <source>Light</source>
        <translation>光源</translation>
    </message>
    <message>
        <location filename="../pages/calibration_page.py" line="47" />
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <location filename="../pages/calibration_page.py" line="48" />
        <source>Zones</source>
        <translation>分区</translation>
    </message>
    <message>
        <location filename="../widgets/banner.py" line="73" />
        <location filename="../pages/drift_page.py" line="62" />
        <location filename="../pages/calibration_page.py" line="49" />
        <source>Daily check</source>
        <translation>点检</translation>
    </message>
    <message>
        <location filename="../widgets/banner.py" line="73" />
        <location filename="../pages/calibration_page.py" line="50" />
        <source>Drift</source>
        <translation>漂移</translation>
    </message>
    <message>
        <location filename="../pages/calibration_page.py" line="56" />
        <source>Calibration and checks</source>
        <translation>标定与点检</translation>
    </message>
    <message>
        <location filename="../pages/calibration_page.py" line="57" />
        <source>millimetres, light, colour, and whether they still hold</source>
        <translation>毫米、光照、颜色，以及它们是否仍然有效</translation>
    </message>
    <message>
        <location filename="../pages/calibration_page.py" line="59" />
        <source>First the lens and the scale, then the light, then the colour: each is measured with the lens, the height and the lamps it will be used with. A profile is valid for a month, and until something of the camera or the lamps is changed. Zones are drawn once per recipe. The daily check takes a few minutes at the start of each shift.</source>
        <translation>先做镜头和比例，再做光源，最后做颜色：都要用将来检测时的镜头、高度和灯来测。标定文件有效期一个月；相机或灯有任何变动后须重做。分区每个配方只画一次。每班开始时的点检只需几分钟。</translation>
    </message>
    <message>
        <location filename="../widgets/banner.py" line="76" />
        <location filename="../pages/models_page.py" line="67" />
        <source>Calibrate</source>
        <translation>标定</translation>
    </message>
    <message>
        <location filename="../standings.py" line="37" />
        <source>expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <location filename="../standings.py" line="39" />
        <source>dated in the future</source>
        <translation>日期在将来</translation>
    </message>
    <message>
        <location filename="../standings.py" line="41" />
        <source>measured</source>
        <translation>已测</translation>
    </message>
    <message>
        <location filename="../standings.py" line="43" />
        <source>in part</source>
        <translation>部分已测</translation>
    </message>
    <message>
        <location filename="../standings.py" line="49" />
        <source>{view}: {zones} zones, {ignored} ignored</source>
        <translation>{view}：{zones} 个区，{ignored} 个忽略区</translation>
    </message>
</context><context>
    <name>check</name>
    <message>
        <location filename="../calibrationwords.py" line="119" />
        <source>a lamp was replaced or set</source>
        <translation>换灯或调灯</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="120" />
        <source>a camera or lens was touched</source>
        <translation>动过相机或镜头</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="121" />
        <source>lamps or lenses were cleaned</source>
        <translation>擦拭过灯或镜头</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="122" />
        <source>other work on the station</source>
        <translation>工位上的其他作业</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="182" />
        <source>good: must pass</source>
        <translation>良品：必须合格</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="185" />
        <source>bad: must fail for {label} in zone {zone}</source>
        <translation>不良品：必须因 {zone} 区{label}不合格</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="187" />
        <source>bad: must fail for {label}</source>
        <translation>不良品：必须因{label}不合格</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="94" />
        <source>The daily check has passed</source>
        <translation>点检通过</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="96" />
        <source>The daily check has not passed</source>
        <translation>点检未通过</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="107" />
        <source>a master is missing</source>
        <translation>缺标样</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="108" />
        <source>a master is damaged</source>
        <translation>标样损坏</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="109" />
        <source>another SKU is to be run</source>
        <translation>要换型</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="110" />
        <source>the station has to be mended</source>
        <translation>工位需要修理</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="117" />
        <source>Why is the check broken off?</source>
        <translation>为什么中断点检？</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="119" />
        <source>automatic mode stays off until one has passed</source>
        <translation>在点检通过之前自动模式保持锁定</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="128" />
        <source>What was worked on?</source>
        <translation>做了什么作业？</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="130" />
        <source>a check is due after it, for every SKU</source>
        <translation>之后每个 SKU 都需要点检</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="135" />
        <source>Noted: a daily check is due</source>
        <translation>已记下：需要点检</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="152" />
        <source>{count} cases</source>
        <translation>{count} 件</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="168" />
        <source>inspected again</source>
        <translation>已复检</translation>
    </message>
    <message>
        <location filename="../desks/check_desk.py" line="185" />
        <source>Decided about {count} cases</source>
        <translation>已处置 {count} 件</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="67" />
        <source>Begin</source>
        <translation>开始点检</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="68" />
        <source>Master is placed</source>
        <translation>标样已放好</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="69" />
        <source>Break off</source>
        <translation>中断</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="70" />
        <source>Work was done</source>
        <translation>登记作业</translation>
    </message>
    <message>
        <location filename="../pages/suspects_page.py" line="51" />
        <location filename="../pages/check_page.py" line="71" />
        <source>Suspects</source>
        <translation>可疑件</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="77" />
        <source>Daily check</source>
        <translation>点检</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="103" />
        <source>check {number}, {operator}, {at}</source>
        <translation>第 {number} 次点检，{operator}，{at}</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="114" />
        <source>The recipe has no masters: add [[masters]] to it (docs/daily-check.md)</source>
        <translation>配方没有标样：请在配方中加入 [[masters]]（见 docs/daily-check.md）</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="123" />
        <source>No masters</source>
        <translation>没有标样</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="123" />
        <source>nothing is checked daily</source>
        <translation>不做点检</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="126" />
        <source>Going on: {done} of {count}</source>
        <translation>进行中：{done}/{count}</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="127" />
        <source>automatic mode is off until it has passed</source>
        <translation>通过之前自动模式锁定</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="129" />
        <source>automatic mode is off; {count} cases since the last good check are SUSPECT</source>
        <translation>自动模式已锁定；上次合格点检以来的 {count} 件标为可疑</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="130" />
        <source>Check failed</source>
        <translation>点检未通过</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="132" />
        <source>automatic mode is off: {why}</source>
        <translation>自动模式已锁定：{why}</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="133" />
        <source>Check is due</source>
        <translation>需要点检</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="135" />
        <source>Check is due soon</source>
        <translation>即将需要点检</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="139" />
        <source>Check passed</source>
        <translation>点检通过</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="140" />
        <source>the station may run</source>
        <translation>工位可以运行</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="143" />
        <source>No check is due</source>
        <translation>现在不需要点检</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="149" />
        <source>Inspecting the master...</source>
        <translation>正在检测标样……</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="153" />
        <source>Put master {master} before the cameras, then press {key}</source>
        <translation>请放上标样“{master}”，然后按 {key}</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="159" />
        <source>Mend what is wrong, then begin again; decide about the suspects</source>
        <translation>请先排除问题，再重新点检；并处置可疑件</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="162" />
        <source>Have {count} masters ready, then begin</source>
        <translation>请准备 {count} 个标样，然后开始</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="170" />
        <source>right</source>
        <translation>对</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="171" />
        <source>wrong</source>
        <translation>错</translation>
    </message>
    <message>
        <location filename="../pages/check_page.py" line="172" />
        <source>again</source>
        <translation>重放</translation>
    </message>
    <message>
        <location filename="../pages/suspects_page.py" line="44" />
        <source>Decide about this one</source>
        <translation>处置这一件</translation>
    </message>
    <message>
        <location filename="../pages/suspects_page.py" line="45" />
        <source>Decide about all</source>
        <translation>处置全部</translation>
    </message>
    <message>
        <location filename="../pages/suspects_page.py" line="52" />
        <source>{count} cases inspected since the last good check: inspect them again, then decide</source>
        <translation>上次合格点检以来检测的 {count} 件：请复检后处置</translation>
    </message>
    <message>
        <location filename="../pages/suspects_page.py" line="78" />
        <source>Nothing is in doubt</source>
        <translation>没有可疑件</translation>
    </message>
    <message>
        <location filename="../pages/suspects_page.py" line="86" />
        <source>check {check}</source>
        <translation>第 {check} 次点检</translation>
    </message>
    <message>
        <location filename="../wording.py" line="201" />
        <source>there was none yet</source>
        <translation>还没有点检过</translation>
    </message>
    <message>
        <location filename="../wording.py" line="202" />
        <source>a shift begins</source>
        <translation>换班开始</translation>
    </message>
    <message>
        <location filename="../wording.py" line="203" />
        <source>the shift ends</source>
        <translation>班次结束</translation>
    </message>
    <message>
        <location filename="../wording.py" line="204" />
        <source>changed over to another SKU</source>
        <translation>换型</translation>
    </message>
    <message>
        <location filename="../wording.py" line="205" />
        <source>another model</source>
        <translation>换了模型</translation>
    </message>
    <message>
        <location filename="../wording.py" line="206" />
        <source>calibrated anew</source>
        <translation>重新标定</translation>
    </message>
    <message>
        <location filename="../wording.py" line="207" />
        <source>the recipe was changed</source>
        <translation>配方已改</translation>
    </message>
    <message>
        <location filename="../wording.py" line="208" />
        <source>work on lamps or cameras</source>
        <translation>动过灯或相机</translation>
    </message>
    <message>
        <location filename="../wording.py" line="209" />
        <source>the last one failed</source>
        <translation>上次未通过</translation>
    </message>
    <message>
        <location filename="../wording.py" line="210" />
        <source>the last one was broken off</source>
        <translation>上次中断</translation>
    </message>
</context><context>
    <name>code</name>
    <message>
        <location filename="../widgets/code_panel.py" line="114" />
        <source>Code, last six</source>
        <translation>二维码 末六位</translation>
    </message>
</context><context>
    <name>count</name>
    <message>
        <location filename="../desks/count_desk.py" line="93" />
        <source>Signed by {names}: {count} labels</source>
        <translation>{names} 已签字：{count} 张</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="56" />
        <source>Labels left</source>
        <translation>卷上剩余</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="57" />
        <source>Sign</source>
        <translation>签字</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="58" />
        <source>Count again</source>
        <translation>重新清点</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="64" />
        <source>The shift's labels</source>
        <translation>本班标签对账</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="66" />
        <source>Count the labels in the bin and those left on the roll, then sign: alone when all agrees</source>
        <translation>先数废标箱里的标签和卷上剩余的张数，再签字：全部对上时一个人签即可</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="100" />
        <source>A label is on its way</source>
        <translation>有标签正在贴</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="101" />
        <source>finish it first, then count again</source>
        <translation>先贴完这一张，再重新清点</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="103" />
        <source>The printer was not asked</source>
        <translation>没有问到打印机</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="104" />
        <source>it is away or at work: its count is the last kept one; count again later</source>
        <translation>打印机离线或正忙：计数是最近保存的；请稍后重新清点</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="107" />
        <source>{count} labels: one person may sign</source>
        <translation>共 {count} 张，一个人签字即可</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="108" />
        <source>All counts agree</source>
        <translation>全部对上</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="109" />
        <source>look for the labels; two persons sign and say where they are</source>
        <translation>请查找标签；两个人签字并说明标签在哪里</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="110" />
        <source>The counts differ</source>
        <translation>计数对不上</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="115" />
        <source>{jobs} print commands</source>
        <translation>打印指令 {jobs} 次</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="116" />
        <source>the bin has to hold {count} labels</source>
        <translation>废标箱里应有 {count} 张</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="117" />
        <source>{count} codes wait to be printed</source>
        <translation>{count} 个编码待打印</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="120" />
        <source>In the records</source>
        <translation>记录中</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="121" />
        <source>Proven on cases</source>
        <translation>已贴并激活</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="122" />
        <source>Void, in the bin</source>
        <translation>作废（在废标箱）</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="123" />
        <source>On the way</source>
        <translation>正在贴</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="130" />
        <source>Printed, by the printer's count</source>
        <translation>打印张数（打印机计数）</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="132" />
        <source>this printer does not count</source>
        <translation>这台打印机不计数</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="140" />
        <source>Roll {roll}</source>
        <translation>标签卷 {roll}</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="140" />
        <source>No roll</source>
        <translation>没有标签卷</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="142" />
        <source>none was loaded: see Roll changed</source>
        <translation>还没有登记：见“换标签卷”</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="144" />
        <source>nobody has counted what is left</source>
        <translation>还没有数剩余张数</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="146" />
        <source>{left} left; the time before nobody counted</source>
        <translation>剩 {left} 张；上次没有数</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="148" />
        <source>{left} left</source>
        <translation>剩 {left} 张</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="158" />
        <source>since the first label</source>
        <translation>从第一张标签起</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="159" />
        <source>since {since}</source>
        <translation>自 {since} 起</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="164" />
        <source>nobody has signed yet</source>
        <translation>还没有人签过字</translation>
    </message>
    <message>
        <location filename="../pages/count_page.py" line="165" />
        <source>last signed by {names}, {at}</source>
        <translation>上次签字：{names}，{at}</translation>
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
        <location filename="../wording.py" line="68" />
        <source>scratch</source>
        <translation>划痕</translation>
    </message>
    <message>
        <location filename="../wording.py" line="69" />
        <source>scuff</source>
        <translation>擦伤</translation>
    </message>
    <message>
        <location filename="../wording.py" line="70" />
        <source>nick</source>
        <translation>碰伤</translation>
    </message>
    <message>
        <location filename="../wording.py" line="71" />
        <source>pressure mark</source>
        <translation>压痕</translation>
    </message>
    <message>
        <location filename="../wording.py" line="72" />
        <source>dent</source>
        <translation>凹陷</translation>
    </message>
    <message>
        <location filename="../wording.py" line="73" />
        <source>bump</source>
        <translation>凸点</translation>
    </message>
    <message>
        <location filename="../wording.py" line="74" />
        <source>sink mark</source>
        <translation>缩水</translation>
    </message>
    <message>
        <location filename="../wording.py" line="75" />
        <source>warpage</source>
        <translation>变形</translation>
    </message>
    <message>
        <location filename="../wording.py" line="76" />
        <source>orange peel</source>
        <translation>橘皮</translation>
    </message>
    <message>
        <location filename="../wording.py" line="77" />
        <source>chill mark</source>
        <translation>冷料纹</translation>
    </message>
    <message>
        <location filename="../wording.py" line="78" />
        <source>wrinkle</source>
        <translation>起皱</translation>
    </message>
    <message>
        <location filename="../wording.py" line="79" />
        <source>thinning</source>
        <translation>拉伸减薄</translation>
    </message>
    <message>
        <location filename="../wording.py" line="80" />
        <source>grain loss</source>
        <translation>纹路不清</translation>
    </message>
    <message>
        <location filename="../wording.py" line="81" />
        <source>stress whitening</source>
        <translation>发白</translation>
    </message>
    <message>
        <location filename="../wording.py" line="82" />
        <source>crack</source>
        <translation>开裂</translation>
    </message>
    <message>
        <location filename="../wording.py" line="83" />
        <source>crazing</source>
        <translation>银纹</translation>
    </message>
    <message>
        <location filename="../wording.py" line="84" />
        <source>incomplete forming</source>
        <translation>缺料</translation>
    </message>
    <message>
        <location filename="../wording.py" line="85" />
        <source>flash, burr</source>
        <translation>飞边毛刺</translation>
    </message>
    <message>
        <location filename="../wording.py" line="86" />
        <source>bad trim</source>
        <translation>切边不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="87" />
        <source>hole offset or missing</source>
        <translation>孔位不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="88" />
        <source>speck</source>
        <translation>黑点杂质</translation>
    </message>
    <message>
        <location filename="../wording.py" line="89" />
        <source>gel</source>
        <translation>晶点</translation>
    </message>
    <message>
        <location filename="../wording.py" line="90" />
        <source>bubble</source>
        <translation>气泡</translation>
    </message>
    <message>
        <location filename="../wording.py" line="91" />
        <source>pits</source>
        <translation>麻点</translation>
    </message>
    <message>
        <location filename="../wording.py" line="92" />
        <source>flow mark</source>
        <translation>流痕</translation>
    </message>
    <message>
        <location filename="../wording.py" line="93" />
        <source>weld line</source>
        <translation>熔接线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="94" />
        <source>die line</source>
        <translation>挤出线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="95" />
        <source>burn</source>
        <translation>烧焦</translation>
    </message>
    <message>
        <location filename="../wording.py" line="96" />
        <source>colour streak</source>
        <translation>色纹</translation>
    </message>
    <message>
        <location filename="../wording.py" line="113" />
        <location filename="../wording.py" line="97" />
        <source>colour difference</source>
        <translation>色差</translation>
    </message>
    <message>
        <location filename="../wording.py" line="98" />
        <source>gloss variation</source>
        <translation>光泽不均</translation>
    </message>
    <message>
        <location filename="../wording.py" line="99" />
        <source>stain</source>
        <translation>脏污</translation>
    </message>
    <message>
        <location filename="../wording.py" line="100" />
        <source>dust, lint</source>
        <translation>灰尘毛絮</translation>
    </message>
    <message>
        <location filename="../wording.py" line="101" />
        <source>lamination bubble</source>
        <translation>贴膜气泡</translation>
    </message>
    <message>
        <location filename="../wording.py" line="102" />
        <source>film wrinkle</source>
        <translation>膜起皱</translation>
    </message>
    <message>
        <location filename="../wording.py" line="103" />
        <source>delamination</source>
        <translation>脱膜</translation>
    </message>
    <message>
        <location filename="../wording.py" line="104" />
        <source>print defect</source>
        <translation>印刷缺陷</translation>
    </message>
    <message>
        <location filename="../wording.py" line="105" />
        <source>pattern shift</source>
        <translation>图案偏位</translation>
    </message>
    <message>
        <location filename="../wording.py" line="106" />
        <source>protective film</source>
        <translation>保护膜</translation>
    </message>
    <message>
        <location filename="../wording.py" line="107" />
        <source>bad rivet</source>
        <translation>铆钉不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="108" />
        <source>wheel seat or corner</source>
        <translation>轮座护角</translation>
    </message>
    <message>
        <location filename="../wording.py" line="109" />
        <source>zip or seam</source>
        <translation>拉链缝线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="110" />
        <source>aluminium frame</source>
        <translation>铝框不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="111" />
        <source>lock or handle</source>
        <translation>锁或提手</translation>
    </message>
    <message>
        <location filename="../wording.py" line="112" />
        <source>badge</source>
        <translation>标牌</translation>
    </message>
    <message>
        <location filename="../wording.py" line="114" />
        <source>colour mismatch</source>
        <translation>前后色差</translation>
    </message>
    <message>
        <location filename="../wording.py" line="115" />
        <source>wrong colour or SKU</source>
        <translation>错色错款</translation>
    </message>
    <message>
        <location filename="../wording.py" line="116" />
        <source>unknown defect</source>
        <translation>未知缺陷</translation>
    </message>
</context><context>
    <name>disposition</name>
    <message>
        <location filename="../wording.py" line="166" />
        <source>OK</source>
        <translation>合格 OK</translation>
    </message>
    <message>
        <location filename="../wording.py" line="167" />
        <source>NG</source>
        <translation>不合格 NG</translation>
    </message>
    <message>
        <location filename="../wording.py" line="168" />
        <source>Recheck</source>
        <translation>复判</translation>
    </message>
    <message>
        <location filename="../wording.py" line="169" />
        <source>Rework</source>
        <translation>返工</translation>
    </message>
    <message>
        <location filename="../wording.py" line="170" />
        <source>B-grade</source>
        <translation>二等品 B 级</translation>
    </message>
    <message>
        <location filename="../wording.py" line="171" />
        <source>Scrap</source>
        <translation>报废</translation>
    </message>
</context><context>
    <name>drift</name>
    <message>
        <location filename="../calibrationwords.py" line="51" />
        <source>{sku}, view {view}, light {light}: {percent:.1f} % {direction} than its baseline on the {subject}: clean lamp and lens and look at the exposure, else replace the lamp and calibrate the light</source>
        <translation>{sku}，{view}，{light}：{subject}上比基线{direction} {percent:.1f} %：请擦拭灯和镜头并检查曝光；仍不行则换灯并重新标定光源</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="56" />
        <source>{sku}, view {view}, light {light}: {percent:.0f} % less sharp than its baseline on the {subject}: clean the lens, set the focus and fasten it</source>
        <translation>{sku}，{view}，{light}：{subject}上清晰度比基线低 {percent:.0f} %：请擦拭镜头，重新对焦并锁紧</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="61" />
        <source>{sku}, view {view}, light {light}: {percent:.0f} % noisier than its baseline on the {subject}: look at gain, exposure and the camera's temperature</source>
        <translation>{sku}，{view}，{light}：{subject}上噪声比基线高 {percent:.0f} %：请检查增益、曝光和相机温度</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="66" />
        <source>{sku}, view {view}: the tile lies {mm:.1f} mm off its baseline: fasten and re-aim the camera, then calibrate the scale</source>
        <translation>{sku}，{view}：参考块偏离基线 {mm:.1f} mm：请紧固并重新对准相机，然后重新标定比例</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="71" />
        <source>{sku}, view {view}: good shells lie {mm:.1f} mm off where they lay: set the fixture, or re-aim the camera</source>
        <translation>{sku}，{view}：良品位置偏移了 {mm:.1f} mm：请校正工装，或重新对准相机</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="75" />
        <source>{sku}, view {view}: good shells lie {degrees:.2f} degrees off where they lay: set the fixture, or re-aim the camera</source>
        <translation>{sku}，{view}：良品转动了 {degrees:.2f} 度：请校正工装，或重新对准相机</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="80" />
        <source>{sku}, view {view}: good shells look {percent:.2f} % {direction} than their baseline: look at the camera's distance and lens, then calibrate the scale</source>
        <translation>{sku}，{view}：良品看起来比基线{direction} {percent:.2f} %：请检查相机距离和镜头，然后重新标定比例</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="85" />
        <source>{sku}: good shells score {sigmas:.1f} standard deviations above their baseline: clean lamps and lenses, look at the material, else teach anew</source>
        <translation>{sku}：良品得分比基线高 {sigmas:.1f} 个标准差：请擦拭灯和镜头，检查来料；仍不行则重新教学</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="90" />
        <source>{sku}: {percent:.0f} % of the cases do not pass: look at the last defects, lamps and lenses</source>
        <translation>{sku}：{percent:.0f} % 的箱壳未合格：请查看最近的缺陷、灯和镜头</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="93" />
        <source>{sku}, view {view}: the calibration of camera {camera} expires in {days:.1f} days: calibrate anew</source>
        <translation>{sku}，{view}：相机 {camera} 的标定还有 {days:.1f} 天到期：请重新标定</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="96" />
        <source>{sku}, view {view}: the calibration of camera {camera} has expired on {day}: calibrate anew</source>
        <translation>{sku}，{view}：相机 {camera} 的标定已于 {day} 到期：请重新标定</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="99" />
        <source>{sku}, view {view}: the calibration of camera {camera} is dated {day}, in the future: set this computer's clock, or calibrate anew</source>
        <translation>{sku}，{view}：相机 {camera} 的标定日期为 {day}，在将来：请校正本机时钟，或重新标定</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="104" />
        <source>{sku}: a daily check is due ({why}): place the masters</source>
        <translation>{sku}：需要点检（{why}）：请放标样</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="105" />
        <source>{sku}: a daily check is due at {at} ({why}): place the masters</source>
        <translation>{sku}：{at} 需要点检（{why}）：请放标样</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="108" />
        <source>{sku}: daily check {check} is going on: place master {master}</source>
        <translation>{sku}：第 {check} 次点检进行中：请放标样 {master}</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="109" />
        <source>no codes are given, because the log of the records does not hold: {what}</source>
        <translation>已停止发放防伪码：记录日志与已签名的内容不一致：{what}</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="112" />
        <source>no checkpoint of the log was published and witnessed for {hours:.0f} hours: {what}</source>
        <translation>已有 {hours:.0f} 小时没有发布并见证日志检查点：{what}</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="126" />
        <source>light</source>
        <translation>亮度</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="127" />
        <source>sharpness</source>
        <translation>清晰度</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="128" />
        <source>noise</source>
        <translation>噪声</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="129" />
        <source>position</source>
        <translation>位置</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="130" />
        <source>turn</source>
        <translation>转角</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="131" />
        <source>size</source>
        <translation>大小</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="132" />
        <source>score of good shells</source>
        <translation>良品得分</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="133" />
        <source>share that does not pass</source>
        <translation>未合格比例</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="137" />
        <source>learning</source>
        <translation>学习中</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="138" />
        <source>steady</source>
        <translation>稳定</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="139" />
        <source>drifting</source>
        <translation>在漂移</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="140" />
        <source>too far off</source>
        <translation>偏离过大</translation>
    </message>
    <message>
        <location filename="../desks/drift_desk.py" line="63" />
        <source>a lamp was replaced</source>
        <translation>换了灯</translation>
    </message>
    <message>
        <location filename="../desks/drift_desk.py" line="64" />
        <source>lamps and lenses were cleaned</source>
        <translation>擦拭了灯和镜头</translation>
    </message>
    <message>
        <location filename="../desks/drift_desk.py" line="65" />
        <source>a camera was aimed or focused anew</source>
        <translation>相机重新对准或对焦</translation>
    </message>
    <message>
        <location filename="../desks/drift_desk.py" line="66" />
        <source>the material has changed</source>
        <translation>来料变了</translation>
    </message>
    <message>
        <location filename="../desks/drift_desk.py" line="75" />
        <source>Why do the baselines begin anew?</source>
        <translation>为什么重新学习基线？</translation>
    </message>
    <message>
        <location filename="../desks/drift_desk.py" line="76" />
        <source>all of this SKU; a daily check is due after it</source>
        <translation>本 SKU 的全部基线；之后需要点检</translation>
    </message>
    <message>
        <location filename="../desks/drift_desk.py" line="83" />
        <source>The baselines begin anew with the next cases</source>
        <translation>从下一件起重新学习基线</translation>
    </message>
    <message>
        <location filename="../pages/drift_page.py" line="61" />
        <source>Begin baselines anew</source>
        <translation>重学基线</translation>
    </message>
    <message>
        <location filename="../pages/drift_page.py" line="68" />
        <source>Drift</source>
        <translation>漂移</translation>
    </message>
    <message>
        <location filename="../pages/drift_page.py" line="69" />
        <source>averages of the last cases against what they were when all was well</source>
        <translation>最近箱壳的平均值与正常时的比较</translation>
    </message>
    <message>
        <location filename="../pages/drift_page.py" line="91" />
        <source>Nothing has been read yet: it comes with the cases</source>
        <translation>还没有读数：检测箱壳后就有</translation>
    </message>
    <message>
        <location filename="../pages/drift_page.py" line="111" />
        <source>the baseline is being learnt: {learnt} of {needed} readings</source>
        <translation>正在学习基线：{learnt}/{needed} 个读数</translation>
    </message>
    <message>
        <location filename="../pages/drift_page.py" line="114" />
        <source>baseline {value:.4g}{unit} from {count} readings</source>
        <translation>基线 {value:.4g}{unit}（{count} 个读数）</translation>
    </message>
    <message>
        <location filename="../pages/drift_page.py" line="119" />
        <source>average now {value:.4g}{unit}</source>
        <translation>当前平均 {value:.4g}{unit}</translation>
    </message>
    <message>
        <location filename="../widgets/drift_chart.py" line="54" />
        <source>Nothing has been read yet</source>
        <translation>还没有读数</translation>
    </message>
    <message>
        <location filename="../widgets/drift_chart.py" line="97" />
        <source>record {first} to {last}</source>
        <translation>记录 {first} 至 {last}</translation>
    </message>
    <message>
        <location filename="../widgets/drift_chart.py" line="121" />
        <source>reading</source>
        <translation>读数</translation>
    </message>
    <message>
        <location filename="../widgets/drift_chart.py" line="122" />
        <source>average</source>
        <translation>平均</translation>
    </message>
    <message>
        <location filename="../widgets/drift_chart.py" line="123" />
        <source>baseline</source>
        <translation>基线</translation>
    </message>
    <message>
        <location filename="../widgets/drift_chart.py" line="124" />
        <source>warns</source>
        <translation>预警</translation>
    </message>
    <message>
        <location filename="../widgets/drift_chart.py" line="125" />
        <source>blocks</source>
        <translation>锁定</translation>
    </message>
    <message>
        <location filename="../wording.py" line="191" />
        <source>darker</source>
        <translation>暗</translation>
    </message>
    <message>
        <location filename="../wording.py" line="192" />
        <source>brighter</source>
        <translation>亮</translation>
    </message>
    <message>
        <location filename="../wording.py" line="193" />
        <source>larger</source>
        <translation>大</translation>
    </message>
    <message>
        <location filename="../wording.py" line="194" />
        <source>smaller</source>
        <translation>小</translation>
    </message>
    <message>
        <location filename="../wording.py" line="195" />
        <source>tile</source>
        <translation>参考块</translation>
    </message>
    <message>
        <location filename="../wording.py" line="197" />
        <location filename="../wording.py" line="196" />
        <source>good shells</source>
        <translation>良品</translation>
    </message>
</context><context>
    <name>fact</name>
    <message>
        <location filename="../wording.py" line="251" />
        <source>stuck</source>
        <translation>标签已贴好</translation>
    </message>
    <message>
        <location filename="../wording.py" line="252" />
        <source>missing</source>
        <translation>没有出标签</translation>
    </message>
    <message>
        <location filename="../wording.py" line="253" />
        <source>stripped</source>
        <translation>已全部撕净</translation>
    </message>
    <message>
        <location filename="../wording.py" line="254" />
        <source>supervise</source>
        <translation>主管处理</translation>
    </message>
    <message>
        <location filename="../wording.py" line="255" />
        <source>reconcile</source>
        <translation>对账</translation>
    </message>
    <message>
        <location filename="../wording.py" line="256" />
        <source>tally</source>
        <translation>清点</translation>
    </message>
    <message>
        <location filename="../wording.py" line="257" />
        <source>align</source>
        <translation>对齐</translation>
    </message>
    <message>
        <location filename="../wording.py" line="258" />
        <source>colour</source>
        <translation>颜色校正</translation>
    </message>
    <message>
        <location filename="../wording.py" line="259" />
        <source>depth</source>
        <translation>深度</translation>
    </message>
    <message>
        <location filename="../wording.py" line="260" />
        <source>evidence</source>
        <translation>模型通道</translation>
    </message>
    <message>
        <location filename="../wording.py" line="261" />
        <source>flat_field</source>
        <translation>平场</translation>
    </message>
    <message>
        <location filename="../wording.py" line="262" />
        <source>frames</source>
        <translation>取图</translation>
    </message>
    <message>
        <location filename="../wording.py" line="263" />
        <source>illumination</source>
        <translation>光照校正</translation>
    </message>
    <message>
        <location filename="../wording.py" line="264" />
        <source>light_check</source>
        <translation>光源检查</translation>
    </message>
    <message>
        <location filename="../wording.py" line="265" />
        <source>region</source>
        <translation>取区域</translation>
    </message>
    <message>
        <location filename="../wording.py" line="266" />
        <source>resize</source>
        <translation>缩放</translation>
    </message>
    <message>
        <location filename="../wording.py" line="267" />
        <source>rotate</source>
        <translation>旋转</translation>
    </message>
    <message>
        <location filename="../wording.py" line="268" />
        <source>shell_colour</source>
        <translation>测颜色</translation>
    </message>
    <message>
        <location filename="../wording.py" line="269" />
        <source>shell_mask</source>
        <translation>找箱壳</translation>
    </message>
    <message>
        <location filename="../wording.py" line="270" />
        <source>shell_reading</source>
        <translation>箱壳读数</translation>
    </message>
    <message>
        <location filename="../wording.py" line="271" />
        <source>tile</source>
        <translation>参考块</translation>
    </message>
    <message>
        <location filename="../wording.py" line="272" />
        <source>undistort</source>
        <translation>去畸变</translation>
    </message>
    <message>
        <location filename="../wording.py" line="273" />
        <source>zones</source>
        <translation>分区</translation>
    </message>
    <message>
        <location filename="../wording.py" line="274" />
        <source>no answer in time</source>
        <translation>没有按时应答</translation>
    </message>
    <message>
        <location filename="../wording.py" line="275" />
        <source>Connection refused</source>
        <translation>连接被拒绝</translation>
    </message>
    <message>
        <location filename="../wording.py" line="276" />
        <source>Connection reset by peer</source>
        <translation>连接被对方断开</translation>
    </message>
    <message>
        <location filename="../wording.py" line="277" />
        <source>Broken pipe</source>
        <translation>连接中断</translation>
    </message>
    <message>
        <location filename="../wording.py" line="278" />
        <source>No route to host</source>
        <translation>到不了对方地址</translation>
    </message>
    <message>
        <location filename="../wording.py" line="279" />
        <source>Network is unreachable</source>
        <translation>网络不通</translation>
    </message>
    <message>
        <location filename="../wording.py" line="280" />
        <source>Name or service not known</source>
        <translation>找不到这个名字</translation>
    </message>
    <message>
        <location filename="../wording.py" line="281" />
        <source>No such file or directory</source>
        <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
        <location filename="../wording.py" line="282" />
        <source>Permission denied</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <location filename="../wording.py" line="283" />
        <source>No space left on device</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <location filename="../wording.py" line="284" />
        <source>Read-only file system</source>
        <translation>磁盘只读</translation>
    </message>
    <message>
        <location filename="../wording.py" line="285" />
        <source>Input/output error</source>
        <translation>读写错误</translation>
    </message>
    <message>
        <location filename="../wording.py" line="286" />
        <source>disk I/O error</source>
        <translation>磁盘读写错误</translation>
    </message>
    <message>
        <location filename="../wording.py" line="287" />
        <source>database is locked</source>
        <translation>数据库被锁住</translation>
    </message>
    <message>
        <location filename="../wording.py" line="288" />
        <source>attempt to write a readonly database</source>
        <translation>数据库只读</translation>
    </message>
    <message>
        <location filename="../wording.py" line="289" />
        <source>unable to open database file</source>
        <translation>数据库文件打不开</translation>
    </message>
    <message>
        <location filename="../wording.py" line="290" />
        <source>database disk image is malformed</source>
        <translation>数据库文件损坏</translation>
    </message>
</context><context>
    <name>family</name>
    <message>
        <location filename="../workwords.py" line="17" />
        <source>feature memory</source>
        <translation>特征记忆</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="18" />
        <source>feature memory, quick</source>
        <translation>特征记忆（快速）</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="19" />
        <source>place by place</source>
        <translation>逐点比对</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="20" />
        <source>classical channels</source>
        <translation>经典算法</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="21" />
        <source>brought along</source>
        <translation>外部导入</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="22" />
        <source>names only</source>
        <translation>仅缺陷命名</translation>
    </message>
</context><context>
    <name>fitting</name>
    <message>
        <location filename="../calibrationwords.py" line="20" />
        <source>logo</source>
        <translation>标志</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="21" />
        <source>lock</source>
        <translation>锁</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="22" />
        <source>wheel</source>
        <translation>轮子</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="23" />
        <source>handle</source>
        <translation>提手</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="24" />
        <source>zip</source>
        <translation>拉链</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="25" />
        <source>label</source>
        <translation>标签</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="26" />
        <source>other fitting</source>
        <translation>其他配件</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="27" />
        <source>film edge</source>
        <translation>膜边</translation>
    </message>
</context><context>
    <name>folder</name>
    <message>
        <location filename="../pages/folder_page.py" line="70" />
        <source>Folder above</source>
        <translation>上一级</translation>
    </message>
    <message>
        <location filename="../pages/folder_page.py" line="71" />
        <source>Further folders</source>
        <translation>更多文件夹</translation>
    </message>
    <message>
        <location filename="../pages/folder_page.py" line="72" />
        <source>Take this folder</source>
        <translation>就用这个文件夹</translation>
    </message>
    <message>
        <location filename="../pages/folder_page.py" line="79" />
        <source>Path of the folder</source>
        <translation>文件夹路径</translation>
    </message>
    <message>
        <location filename="../pages/folder_page.py" line="81" />
        <source>folders: {folders}, pictures: {pictures}</source>
        <translation>内有 {folders} 个文件夹、{pictures} 张图片</translation>
    </message>
</context><context>
    <name>gate</name>
    <message>
        <location filename="../desks/models_desk.py" line="106" />
        <source>Version {version} passed the gate</source>
        <translation>版本 {version} 通过了闸门检查</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="108" />
        <source>Version {version} did not pass the gate</source>
        <translation>版本 {version} 未通过闸门检查</translation>
    </message>
    <message>
        <location filename="../widgets/gate_panel.py" line="45" />
        <source>checking, {seconds} s</source>
        <translation>检查中，已 {seconds} 秒</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="26" />
        <source>file whole</source>
        <translation>文件完整</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="27" />
        <source>belongs to the recipe</source>
        <translation>与配方相符</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="28" />
        <source>same figures on this PC</source>
        <translation>本机结果一致</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="29" />
        <source>threshold from its goods</source>
        <translation>阈值与良品相符</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="30" />
        <source>golden cases</source>
        <translation>标样</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="31" />
        <source>seconds per case</source>
        <translation>每件耗时（秒）</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="32" />
        <source>memory, MB</source>
        <translation>内存（MB）</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="74" />
        <source>not checked</source>
        <translation>未检查</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="75" />
        <source>gate passed</source>
        <translation>闸门已通过</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="75" />
        <source>gate failed</source>
        <translation>闸门未通过</translation>
    </message>
</context><context>
    <name>goods</name>
    <message>
        <location filename="../goods.py" line="15" />
        <source>unlike the other goods: look whether they are good</source>
        <translation>与其他良品不像，请确认是否良品</translation>
    </message>
    <message>
        <location filename="../goods.py" line="16" />
        <source>several pictures of one shell: they count as one</source>
        <translation>同一件拍了多次，只算一件</translation>
    </message>
    <message>
        <location filename="../goods.py" line="17" />
        <source>looks like two kinds of shells: are two SKUs mixed?</source>
        <translation>像是两种箱壳，是否混了型号？</translation>
    </message>
    <message>
        <location filename="../goods.py" line="18" />
        <source>pictures of other sizes</source>
        <translation>图片尺寸不一致</translation>
    </message>
    <message>
        <location filename="../goods.py" line="19" />
        <source>few goods: the promise is wide</source>
        <translation>良品太少，误拒率上限偏大</translation>
    </message>
    <message>
        <location filename="../goods.py" line="20" />
        <source>left out</source>
        <translation>已排除</translation>
    </message>
    <message>
        <location filename="../goods.py" line="21" />
        <source>the same pictures twice: taken once</source>
        <translation>图片重复，只用一次</translation>
    </message>
    <message>
        <location filename="../goods.py" line="22" />
        <source>learned before: not counted again</source>
        <translation>以前学过，不重复计数</translation>
    </message>
    <message>
        <location filename="../goods.py" line="23" />
        <source>pictures changed since they were learned</source>
        <translation>学过之后图片有改动</translation>
    </message>
    <message>
        <location filename="../goods.py" line="24" />
        <source>names of defects</source>
        <translation>缺陷名称</translation>
    </message>
    <message>
        <location filename="../goods.py" line="25" />
        <source>the scale is not known: sizes in mm mean nothing</source>
        <translation>比例未知，毫米尺寸无意义</translation>
    </message>
    <message>
        <location filename="../goods.py" line="26" />
        <source>the folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <location filename="../goods.py" line="30" />
        <source>unlike the others</source>
        <translation>与其他不像</translation>
    </message>
    <message>
        <location filename="../goods.py" line="31" />
        <source>like another</source>
        <translation>与另一件相同</translation>
    </message>
    <message>
        <location filename="../goods.py" line="32" />
        <source>a copy</source>
        <translation>重复</translation>
    </message>
    <message>
        <location filename="../goods.py" line="33" />
        <source>another kind</source>
        <translation>另一种</translation>
    </message>
    <message>
        <location filename="../goods.py" line="34" />
        <source>another size</source>
        <translation>尺寸不同</translation>
    </message>
    <message>
        <location filename="../goods.py" line="35" />
        <source>changed</source>
        <translation>有改动</translation>
    </message>
    <message>
        <location filename="../goods.py" line="62" />
        <source>among the highest</source>
        <translation>得分较高</translation>
    </message>
</context><context>
    <name>label</name>
    <message>
        <location filename="../desks/label_desk.py" line="271" />
        <source>None of the last cases has an active label</source>
        <translation>最近的箱壳中没有已激活的标签</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="22" />
        <source>{name} has signed in already: another person</source>
        <translation>{name} 已登录：请换另一个人</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="25" />
        <source>{first} and who else? The second person's name or badge</source>
        <translation>{first} 和谁一起？请第二人输入姓名或工号</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="35" />
        <source>Which case gets another label? Its label becomes void</source>
        <translation>哪个箱壳要重贴？原标签作废</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="36" />
        <source>strip the old label off and destroy it</source>
        <translation>先把旧标签撕下销毁</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="45" />
        <source>Why does it get another label?</source>
        <translation>为什么重贴？</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="51" />
        <source>Kept with both names: {first}, {second}</source>
        <translation>两人姓名都会记录：{first}、{second}</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="52" />
        <source>Where are the labels the count does not fit?</source>
        <translation>计数对不上的标签在哪里？</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="58" />
        <source>How many labels are left on the roll? Nothing when they were not counted</source>
        <translation>卷上还剩多少张标签？没有数过就不填</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="59" />
        <source>such as 640</source>
        <translation>例如 640</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="69" />
        <source>Number or name of the new roll; scan it</source>
        <translation>新标签卷的编号，可扫码</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="70" />
        <source>such as R2611-04</source>
        <translation>例如 R2611-04</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="78" />
        <source>How many labels are on the roll?</source>
        <translation>这一卷有多少张标签？</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="98" />
        <location filename="../labelquestions.py" line="79" />
        <source>such as 1000</source>
        <translation>例如 1000</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="88" />
        <source>Which order comes next? Its number</source>
        <translation>下一个订单号是多少？</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="89" />
        <source>such as MO-2611-07</source>
        <translation>例如 MO-2611-07</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="97" />
        <source>Order {number}: how many pieces?</source>
        <translation>订单 {number}：多少件？</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="107" />
        <source>Order {number}: which batch? Nothing where there is none</source>
        <translation>订单 {number}：批号？没有就不填</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="108" />
        <source>such as 2611-7</source>
        <translation>例如 2611-7</translation>
    </message>
    <message>
        <location filename="../labelquestions.py" line="118" />
        <source>{text} is no number: digits only</source>
        <translation>{text} 不是数字：请只输入数字</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="40" />
        <source>Labels are starting</source>
        <translation>标签正在启动</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="41" />
        <source>No case waits for a label</source>
        <translation>没有待贴标签的箱壳</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="42" />
        <source>Printing the label</source>
        <translation>正在打印标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="43" />
        <source>Stick the label on</source>
        <translation>请贴标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="44" />
        <source>Reading the label back</source>
        <translation>正在回读</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="45" />
        <source>Strip every label off</source>
        <translation>撕掉全部标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="46" />
        <source>Printer offline</source>
        <translation>打印机离线</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="47" />
        <source>Count is wrong: printing is stopped</source>
        <translation>打印机计数不符，停止打印</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="48" />
        <source>A supervisor is needed</source>
        <translation>需要主管</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="49" />
        <source>Labels are stopped</source>
        <translation>标签已停止</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="50" />
        <source>The station is stopped</source>
        <translation>工位已停止</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="54" />
        <source>looking at what the last run left</source>
        <translation>正在检查上次留下的标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="55" />
        <source>inspect on: a pass gets its label by itself</source>
        <translation>继续检测，合格后自动打印标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="56" />
        <source>case {case}: wait for the label</source>
        <translation>箱壳 {case}：等标签出来</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="57" />
        <source>on case {case}, under the camera; then press {done}</source>
        <translation>贴到箱壳 {case}，放到相机下，贴好后按 [{done}]</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="58" />
        <source>case {case}: leave it under the camera</source>
        <translation>箱壳 {case}：留在相机下不要动</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="59" />
        <source>{fault}. Case {case}: strip and destroy all its labels, then press {done}</source>
        <translation>{fault}。箱壳 {case} 的标签全部撕下销毁，撕净后按 [{done}]</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="60" />
        <source>since {since}, {count} codes wait: see to power, labels, cable; inspect on</source>
        <translation>{since} 起离线，{count} 个编码待打印。检查电源、标签纸、网线，检测照常进行</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="63" />
        <source>two persons look for the labels and reconcile: press {page}</source>
        <translation>请两人核对标签并对账，按 [{page}]</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="64" />
        <source>case {case} has used up its labels: two persons, press {page}</source>
        <translation>箱壳 {case} 多次贴标失败，请两人处理，按 [{page}]</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="65" />
        <source>nothing is printed: {detail}</source>
        <translation>暂停打印：{detail}</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="66" />
        <source>labels go on at the next start</source>
        <translation>下次启动后继续</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="219" />
        <location filename="../labelwords.py" line="70" />
        <source>No label came</source>
        <translation>没有出标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="71" />
        <source>A label came after all: have it read again</source>
        <translation>标签后来出来了，请放到相机下再读一次</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="72" />
        <source>The camera reads no label</source>
        <translation>相机没有读到标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="73" />
        <source>The label is printed too badly</source>
        <translation>标签打印质量太差</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="74" />
        <source>It is another label</source>
        <translation>贴的是别的标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="75" />
        <source>There is more than one label on the case</source>
        <translation>箱壳上不止一张标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="76" />
        <source>The printer's count did not go on by exactly one</source>
        <translation>打印机计数不是正好加一</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="77" />
        <source>The printer's count before the job is not known</source>
        <translation>打印前没有记下打印机计数</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="78" />
        <source>The camera gives no picture</source>
        <translation>相机没有图像</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="79" />
        <source>The case was judged anew and its code is void</source>
        <translation>箱壳已改判，编码已作废</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="80" />
        <source>There is still a label on the case</source>
        <translation>箱壳上还有标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="81" />
        <source>The printer went away before the job</source>
        <translation>打印前打印机断开</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="99" />
        <source>in doubt</source>
        <translation>存疑</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="101" />
        <source>perhaps copied</source>
        <translation>疑似被复制</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="106" />
        <source>The label is damaged or dirty</source>
        <translation>标签破损或脏污</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="107" />
        <source>The label fell off</source>
        <translation>标签脱落</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="108" />
        <source>The label is in the wrong place</source>
        <translation>标签位置不对</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="109" />
        <source>The label says something wrong</source>
        <translation>标签内容有误</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="110" />
        <source>The label is on the wrong case</source>
        <translation>标签贴错箱壳</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="111" />
        <source>The case was reworked</source>
        <translation>箱壳已返修</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="116" />
        <source>The labels were found and destroyed</source>
        <translation>标签已找到并销毁</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="117" />
        <source>Labels were printed as a test</source>
        <translation>打印了测试标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="118" />
        <source>Labels ran off when the roll was changed</source>
        <translation>换卷时走掉的标签</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="119" />
        <source>Another printer was put in</source>
        <translation>换了打印机</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="120" />
        <source>A label jammed in the printer, destroyed</source>
        <translation>标签卡在打印机里，已销毁</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="121" />
        <source>Looked for, not found</source>
        <translation>找过，没有找到</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="163" />
        <source>the printer does not count its labels: see [label] uncounted</source>
        <translation>打印机没有计数功能：见配置 [label] uncounted</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="166" />
        <source>Label …{six} may be out twice: look for it</source>
        <translation>标签 …{six} 可能多出一张，请找出来</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="167" />
        <source>case {case}</source>
        <translation>箱壳 {case}</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="174" />
        <source>Label active: {six}</source>
        <translation>标签已激活 {six}</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="175" />
        <source>done; the next case, please</source>
        <translation>完成，请做下一件</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="180" />
        <source>order {number} has its {count} codes: for the next order press {page}</source>
        <translation>订单 {number} 的 {count} 个编码已用完，按 [{page}] 换订单</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="183" />
        <source>The order is complete</source>
        <translation>订单已完成</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="204" />
        <source>not read</source>
        <translation>未读到</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="206" />
        <source>good</source>
        <translation>好</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="208" />
        <source>fair</source>
        <translation>可</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="208" />
        <source>poor</source>
        <translation>差</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="214" />
        <source>All are off</source>
        <translation>已全部撕净</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="214" />
        <source>Label is on</source>
        <translation>标签已贴好</translation>
    </message>
    <message>
        <location filename="../labelwords.py" line="219" />
        <source>Read again</source>
        <translation>再读一次</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="87" />
        <source>Supervisor</source>
        <translation>主管处理</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="88" />
        <source>Reconcile</source>
        <translation>对账</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="89" />
        <source>Label anew</source>
        <translation>重贴标签</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="90" />
        <source>Roll changed</source>
        <translation>换标签卷</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="91" />
        <source>Next order</source>
        <translation>换订单</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="97" />
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="101" />
        <source>as it should look</source>
        <translation>标签应有的样子</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="102" />
        <source>as the camera saw it last</source>
        <translation>相机最近看到的</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="120" />
        <source>no picture yet</source>
        <translation>还没有图像</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="134" />
        <source>{count} codes wait</source>
        <translation>{count} 个编码待打印</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="142" />
        <source>label {attempt} of {most}</source>
        <translation>第 {attempt} 张，最多 {most} 张</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="148" />
        <source>Case</source>
        <translation>箱壳</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="149" />
        <source>Code, last six</source>
        <translation>二维码 末六位</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="152" />
        <source>Print quality</source>
        <translation>打印质量</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="153" />
        <source>unused error correction, 0.37 at least: {uec}</source>
        <translation>纠错余量 {uec}，至少 0.37</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="158" />
        <source>Printer's count</source>
        <translation>打印机计数</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="165" />
        <source>Order</source>
        <translation>订单</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="181" />
        <source>before and after the label</source>
        <translation>打印前 → 打印后</translation>
    </message>
    <message>
        <location filename="../pages/label_page.py" line="182" />
        <source>went on by {count}, 1 is right</source>
        <translation>增加了 {count}，应为 1</translation>
    </message>
    <message>
        <location filename="../wording.py" line="214" />
        <source>to be printed</source>
        <translation>待打印</translation>
    </message>
    <message>
        <location filename="../wording.py" line="215" />
        <source>sent</source>
        <translation>已送打印</translation>
    </message>
    <message>
        <location filename="../wording.py" line="216" />
        <source>active</source>
        <translation>已激活</translation>
    </message>
    <message>
        <location filename="../wording.py" line="217" />
        <source>shipped</source>
        <translation>已发货</translation>
    </message>
    <message>
        <location filename="../wording.py" line="218" />
        <source>claimed</source>
        <translation>已认领</translation>
    </message>
    <message>
        <location filename="../wording.py" line="219" />
        <source>returned</source>
        <translation>已退回</translation>
    </message>
    <message>
        <location filename="../wording.py" line="220" />
        <source>reworked</source>
        <translation>已返修</translation>
    </message>
    <message>
        <location filename="../wording.py" line="221" />
        <source>retired</source>
        <translation>已停用</translation>
    </message>
    <message>
        <location filename="../wording.py" line="222" />
        <source>void</source>
        <translation>作废</translation>
    </message>
</context><context>
    <name>lamp</name>
    <message>
        <location filename="../wording.py" line="236" />
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <location filename="../wording.py" line="237" />
        <source>Attention</source>
        <translation>注意</translation>
    </message>
    <message>
        <location filename="../wording.py" line="238" />
        <source>Fault</source>
        <translation>故障</translation>
    </message>
    <message>
        <location filename="../wording.py" line="239" />
        <source>Off</source>
        <translation>未启用</translation>
    </message>
    <message>
        <location filename="../wording.py" line="243" />
        <source>Camera</source>
        <translation>相机</translation>
    </message>
    <message>
        <location filename="../wording.py" line="244" />
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <location filename="../wording.py" line="245" />
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <location filename="../wording.py" line="246" />
        <source>Database</source>
        <translation>数据库</translation>
    </message>
    <message>
        <location filename="../wording.py" line="247" />
        <source>Label</source>
        <translation>标签</translation>
    </message>
</context><context>
    <name>lesson</name>
    <message>
        <location filename="../desks/decision_desk.py" line="93" />
        <source>Case {case} waits for the next teaching</source>
        <translation>件号 {case} 已排队，下次教学时学习</translation>
    </message>
</context><context>
    <name>light</name>
    <message>
        <location filename="../wording.py" line="147" />
        <source>north</source>
        <translation>北侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="148" />
        <source>south</source>
        <translation>南侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="149" />
        <source>east</source>
        <translation>东侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="150" />
        <source>west</source>
        <translation>西侧光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="151" />
        <source>diffuse</source>
        <translation>漫射光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="152" />
        <source>dome</source>
        <translation>穹顶光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="153" />
        <source>coaxial</source>
        <translation>同轴光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="154" />
        <source>back light</source>
        <translation>背光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="155" />
        <source>stripes</source>
        <translation>条纹光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="156" />
        <source>ambient</source>
        <translation>环境光</translation>
    </message>
</context><context>
    <name>live</name>
    <message>
        <location filename="../widgets/live_panel.py" line="177" />
        <location filename="../widgets/live_panel.py" line="156" />
        <location filename="../desks/wizard_desk.py" line="94" />
        <source>No picture yet</source>
        <translation>还没有画面</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="221" />
        <location filename="../desks/wizard_desk.py" line="106" />
        <source>LIVE</source>
        <translation>实时</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="191" />
        <source>No picture of this view was kept</source>
        <translation>此视图没有保存图片</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="209" />
        <source>JUDGED: {case} {verdict}</source>
        <translation>判定画面：{case} {verdict}</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="214" />
        <source>NO PICTURE</source>
        <translation>无画面</translation>
    </message>
    <message>
        <location filename="../widgets/live_panel.py" line="223" />
        <source>STILL, {seconds} s old</source>
        <translation>静止画面，{seconds} 秒前</translation>
    </message>
</context><context>
    <name>measure</name>
    <message>
        <location filename="../wording.py" line="124" />
        <source>length</source>
        <translation>长</translation>
    </message>
    <message>
        <location filename="../wording.py" line="125" />
        <source>width</source>
        <translation>宽</translation>
    </message>
    <message>
        <location filename="../wording.py" line="126" />
        <source>diameter</source>
        <translation>直径</translation>
    </message>
    <message>
        <location filename="../wording.py" line="127" />
        <source>area</source>
        <translation>面积</translation>
    </message>
    <message>
        <location filename="../wording.py" line="128" />
        <source>depth</source>
        <translation>深</translation>
    </message>
    <message>
        <location filename="../wording.py" line="129" />
        <source>spacing</source>
        <translation>间距</translation>
    </message>
    <message>
        <location filename="../wording.py" line="130" />
        <source>camera ΔE</source>
        <translation>相机 ΔE</translation>
    </message>
</context><context>
    <name>model</name>
    <message>
        <location filename="../desks/models_desk.py" line="123" />
        <source>Put version {version} to use?</source>
        <translation>启用版本 {version}？</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="131" />
        <location filename="../desks/models_desk.py" line="124" />
        <source>from the next case on</source>
        <translation>从下一件起生效</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="130" />
        <source>Go back to the version before?</source>
        <translation>回退到上一个版本？</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="142" />
        <source>Yes, {name}</source>
        <translation>是，{name}</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="143" />
        <source>I am somebody else</source>
        <translation>换人</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="162" />
        <source>Version {version} judges from now on</source>
        <translation>现在由版本 {version} 判定</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="181" />
        <source>The shadow is off</source>
        <translation>影子运行已结束</translation>
    </message>
    <message>
        <location filename="../desks/models_desk.py" line="183" />
        <source>Version {version} sees every case now, and decides none</source>
        <translation>版本 {version} 影子运行：每件都看，但不参与判定</translation>
    </message>
    <message>
        <location filename="../pages/flips_page.py" line="32" />
        <source>Judged differently by the shadow</source>
        <translation>影子判定不同的件</translation>
    </message>
    <message>
        <location filename="../pages/flips_page.py" line="33" />
        <source>version {version}: {flipped} of {seen} cases</source>
        <translation>版本 {version}：{seen} 件中 {flipped} 件不同</translation>
    </message>
    <message>
        <location filename="../pages/flips_page.py" line="49" />
        <source>scores {active:.2f} → {shadow:.2f}</source>
        <translation>分数 {active:.2f} → {shadow:.2f}</translation>
    </message>
    <message>
        <location filename="../pages/flips_page.py" line="60" />
        <source>No case was judged differently yet</source>
        <translation>还没有判定不同的件</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="60" />
        <source>Gate</source>
        <translation>闸门检查</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="61" />
        <source>Put to use</source>
        <translation>启用</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="62" />
        <source>Roll back</source>
        <translation>回退</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="63" />
        <source>End shadow</source>
        <translation>结束影子</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="63" />
        <source>Run as shadow</source>
        <translation>影子运行</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="64" />
        <source>Flips {count}</source>
        <translation>判定不同 {count}</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="65" />
        <source>Teach</source>
        <translation>教学</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="66" />
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="68" />
        <source>Take over</source>
        <translation>接管</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="74" />
        <source>Models</source>
        <translation>模型版本</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="158" />
        <source>Shadow {version}: {seen} cases seen, {flipped} judged differently, {dropped} not seen for want of time</source>
        <translation>影子版本 {version}：已看 {seen} 件，{flipped} 件判定不同，{dropped} 件来不及看</translation>
    </message>
    <message>
        <location filename="../pages/models_page.py" line="164" />
        <source>{failed} failed</source>
        <translation>{failed} 件出错</translation>
    </message>
    <message>
        <location filename="../widgets/gate_panel.py" line="54" />
        <source>Choose a version</source>
        <translation>请选择版本</translation>
    </message>
    <message>
        <location filename="../widgets/version_list.py" line="42" />
        <location filename="../widgets/gate_panel.py" line="56" />
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <location filename="../widgets/gate_panel.py" line="58" />
        <source>It says nothing about misses.</source>
        <translation>此数不代表漏检率。</translation>
    </message>
    <message>
        <location filename="../widgets/gate_panel.py" line="60" />
        <source>digest {digest}</source>
        <translation>文件指纹 {digest}</translation>
    </message>
    <message>
        <location filename="../widgets/version_list.py" line="44" />
        <source>cannot be used</source>
        <translation>不能使用</translation>
    </message>
    <message>
        <location filename="../widgets/version_list.py" line="58" />
        <source>from {parent}</source>
        <translation>源自版本 {parent}</translation>
    </message>
    <message>
        <location filename="../widgets/version_list.py" line="83" />
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <location filename="../widgets/version_list.py" line="85" />
        <source>shadow</source>
        <translation>影子</translation>
    </message>
    <message>
        <location filename="../widgets/version_list.py" line="119" />
        <source>Newer versions</source>
        <translation>较新版本</translation>
    </message>
    <message>
        <location filename="../widgets/version_list.py" line="120" />
        <source>Older versions</source>
        <translation>较旧版本</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="67" />
        <source>false rejects ≤ {share:.1f} % (95 %, n = {goods})</source>
        <translation>误拒率 ≤ {share:.1f} %（95 %，n = {goods}）</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="95" />
        <source>nobody decided yet</source>
        <translation>还没有人工判定</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="96" />
        <source>{hits}/{n} = {share:.1f} % (95 %: {low:.1f} to {high:.1f})</source>
        <translation>{hits}/{n} = {share:.1f} %（95 %：{low:.1f} 至 {high:.1f}）</translation>
    </message>
</context><context>
    <name>operator</name>
    <message>
        <location filename="../pages/operator_page.py" line="86" />
        <location filename="../labelquestions.py" line="26" />
        <source>Name or badge number</source>
        <translation>姓名或工牌号</translation>
    </message>
    <message>
        <location filename="../pages/operator_page.py" line="85" />
        <source>Who works here? Name, or scan the badge</source>
        <translation>谁在操作？输入姓名或扫描工牌</translation>
    </message>
    <message>
        <location filename="../pages/operator_page.py" line="87" />
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
</context><context>
    <name>overrule</name>
    <message>
        <location filename="../wording.py" line="175" />
        <source>False alarm</source>
        <translation>误判</translation>
    </message>
    <message>
        <location filename="../wording.py" line="176" />
        <source>Within the limit sample</source>
        <translation>在限度样品内</translation>
    </message>
    <message>
        <location filename="../wording.py" line="177" />
        <source>Dust or lint</source>
        <translation>灰尘毛絮</translation>
    </message>
    <message>
        <location filename="../wording.py" line="178" />
        <source>Stain, wiped off</source>
        <translation>脏污已擦净</translation>
    </message>
    <message>
        <location filename="../wording.py" line="179" />
        <source>Rib or grain</source>
        <translation>筋条或纹理</translation>
    </message>
    <message>
        <location filename="../wording.py" line="180" />
        <source>Reflection</source>
        <translation>反光</translation>
    </message>
    <message>
        <location filename="../wording.py" line="181" />
        <source>Fitting, logo or zip</source>
        <translation>配件标牌拉链</translation>
    </message>
    <message>
        <location filename="../wording.py" line="182" />
        <source>Protective film</source>
        <translation>保护膜</translation>
    </message>
    <message>
        <location filename="../wording.py" line="183" />
        <source>Missed defect</source>
        <translation>漏检</translation>
    </message>
    <message>
        <location filename="../wording.py" line="184" />
        <source>Confirmed by eye</source>
        <translation>目视确认</translation>
    </message>
    <message>
        <location filename="../wording.py" line="185" />
        <source>Bad picture or pose</source>
        <translation>画面或摆放不良</translation>
    </message>
    <message>
        <location filename="../wording.py" line="186" />
        <source>Other</source>
        <translation>其他</translation>
    </message>
</context><context>
    <name>reason</name>
    <message>
        <location filename="../pages/station_page.py" line="303" />
        <source>{count} more reasons: {key}</source>
        <translation>另有 {count} 条原因，按 {key} 查看</translation>
    </message>
    <message>
        <location filename="../widgets/reason_card.py" line="184" />
        <source>limit</source>
        <translation>限度</translation>
    </message>
    <message>
        <location filename="../widgets/reason_card.py" line="188" />
        <location filename="../widgets/reason_card.py" line="186" />
        <source>found</source>
        <translation>实测</translation>
    </message>
    <message>
        <location filename="../wording.py" line="33" />
        <source>{label} {measure} {value:.1f} {unit}, zone {zone} allows {limit:.1f}</source>
        <translation>{label}：{measure} {value:.1f} {unit}，{zone} 区允许 {limit:.1f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="36" />
        <source>{label} {measure} {value:.1f} ± {uncertainty:.1f} {unit} is too near zone {zone}'s limit {limit:.1f}</source>
        <translation>{label}：{measure} {value:.1f} ± {uncertainty:.1f} {unit}，太接近 {zone} 区限度 {limit:.1f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="40" />
        <source>{label} {value:.1f} mm, zone {zone} allows none</source>
        <translation>{label} {value:.1f} mm，{zone} 区不允许</translation>
    </message>
    <message>
        <location filename="../wording.py" line="41" />
        <source>{value:.0f} x {label}, zone {zone} allows {limit:.0f}</source>
        <translation>{label} {value:.0f} 处，{zone} 区允许 {limit:.0f} 处</translation>
    </message>
    <message>
        <location filename="../wording.py" line="42" />
        <source>{label} {value:.0f} mm apart, zone {zone} wants {limit:.0f}</source>
        <translation>{label}间距 {value:.0f} mm，{zone} 区要求 {limit:.0f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="43" />
        <source>{value:.1f} x {label} per 100 cm², zone {zone} allows {limit:.1f}</source>
        <translation>{label}每 100 cm² {value:.1f} 处，{zone} 区允许 {limit:.1f}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="46" />
        <source>{label} {value:.1f} mm in zone {zone}: the recipe has no limit for it</source>
        <translation>{label} {value:.1f} mm，{zone} 区：配方没有此限度</translation>
    </message>
    <message>
        <location filename="../wording.py" line="49" />
        <source>{label} {value:.1f} mm in zone {zone} may be {other}, which is not allowed that size</source>
        <translation>{label} {value:.1f} mm，{zone} 区：也可能是{other}，该缺陷不允许此尺寸</translation>
    </message>
    <message>
        <location filename="../wording.py" line="52" />
        <source>view {view} is near the model's threshold (score {value:.2f})</source>
        <translation>视图 {view} 接近模型阈值（得分 {value:.2f}）</translation>
    </message>
    <message>
        <location filename="../wording.py" line="55" />
        <source>view {view} is missing</source>
        <translation>缺少视图 {view}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="56" />
        <source>camera {camera}: {detail}</source>
        <translation>相机 {camera}：{detail}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="57" />
        <source>view {view}, step {step}: {detail}</source>
        <translation>视图 {view}，步骤 {step}：{detail}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="58" />
        <source>model {model}: {detail}</source>
        <translation>模型 {model}：{detail}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="59" />
        <source>camera {camera} lost {value:.0f} frame(s)</source>
        <translation>相机 {camera} 丢失 {value:.0f} 帧</translation>
    </message>
    <message>
        <location filename="../wording.py" line="60" />
        <source>the trigger came while the station was full</source>
        <translation>触发时工位已满</translation>
    </message>
    <message>
        <location filename="../wording.py" line="61" />
        <source>the station was stopped before the case was judged</source>
        <translation>判定之前工位已停止</translation>
    </message>
    <message>
        <location filename="../wording.py" line="62" />
        <source>the program ended before the case was recorded</source>
        <translation>记录之前程序已结束</translation>
    </message>
    <message>
        <location filename="../wording.py" line="63" />
        <source>fault: {detail}</source>
        <translation>故障：{detail}</translation>
    </message>
    <message>
        <location filename="../wording.py" line="64" />
        <source>no pass is given while the station is blocked: {detail}</source>
        <translation>工位锁定期间不判合格：{detail}</translation>
    </message>
</context><context>
    <name>record</name>
    <message>
        <location filename="../pages/record_page.py" line="156" />
        <source>Label: {standing}</source>
        <translation>标签：{standing}</translation>
    </message>
    <message>
        <location filename="../widgets/tiles.py" line="94" />
        <location filename="../pages/zones_page.py" line="114" />
        <location filename="../pages/region_page.py" line="93" />
        <location filename="../pages/record_page.py" line="211" />
        <source>Loading...</source>
        <translation>读取中…</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="97" />
        <location filename="../pages/record_page.py" line="214" />
        <source>No picture of this case was kept</source>
        <translation>此件没有保存图片</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="243" />
        <source>Further reasons ({page} of {pages})</source>
        <translation>更多原因（{page}/{pages}）</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="248" />
        <source>{time}   SKU {sku}   record {row}
model {model}   recipe {recipe}   program {program}</source>
        <translation>{time}   型号 {sku}   记录 {row}
模型 {model}   配方 {recipe}   程序 {program}</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="268" />
        <source>frame</source>
        <translation>原图</translation>
    </message>
    <message>
        <location filename="../pages/record_page.py" line="269" />
        <source>crop</source>
        <translation>局部</translation>
    </message>
</context><context>
    <name>region</name>
    <message>
        <location filename="../pages/region_page.py" line="46" />
        <source>Polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="46" />
        <source>Rectangle</source>
        <translation>矩形</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="49" />
        <source>Close the polygon</source>
        <translation>闭合多边形</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="50" />
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="51" />
        <source>Next picture</source>
        <translation>下一张</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="52" />
        <source>Teach this</source>
        <translation>教这件</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="58" />
        <source>Where is the missed defect?</source>
        <translation>漏检的缺陷在哪里？</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="60" />
        <source>Tap its corners one after the other</source>
        <translation>依次点各个角</translation>
    </message>
    <message>
        <location filename="../pages/region_page.py" line="62" />
        <source>Tap two opposite corners, or pull a frame over it</source>
        <translation>点两个对角，或拖出一个框</translation>
    </message>
</context><context>
    <name>stage</name>
    <message>
        <location filename="../workwords.py" line="37" />
        <source>getting ready</source>
        <translation>准备中</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="38" />
        <source>reading and checking the goods</source>
        <translation>读取并检查良品</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="39" />
        <source>looking at the goods</source>
        <translation>查看良品</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="40" />
        <source>learning what is usual</source>
        <translation>学习正常差异</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="41" />
        <source>judging each good by the others</source>
        <translation>良品互相检验</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="42" />
        <source>choosing what to remember</source>
        <translation>挑选要记住的特征</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="43" />
        <source>setting the threshold</source>
        <translation>确定阈值</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="44" />
        <source>learning the defects' names</source>
        <translation>学习缺陷名称</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="45" />
        <source>writing</source>
        <translation>写入</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="106" />
        <source>{minutes} min left</source>
        <translation>约剩 {minutes} 分钟</translation>
    </message>
    <message>
        <location filename="../workwords.py" line="107" />
        <source>{seconds} s left</source>
        <translation>约剩 {seconds} 秒</translation>
    </message>
</context><context>
    <name>state</name>
    <message>
        <location filename="../wording.py" line="226" />
        <source>Starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <location filename="../wording.py" line="227" />
        <source>Halted</source>
        <translation>已停止</translation>
    </message>
    <message>
        <location filename="../wording.py" line="228" />
        <source>Line stop</source>
        <translation>停线</translation>
    </message>
    <message>
        <location filename="../wording.py" line="229" />
        <source>Initialised</source>
        <translation>已初始化</translation>
    </message>
    <message>
        <location filename="../wording.py" line="230" />
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <location filename="../wording.py" line="231" />
        <source>Inspecting</source>
        <translation>检测中</translation>
    </message>
    <message>
        <location filename="../wording.py" line="232" />
        <source>Running</source>
        <translation>运行中</translation>
    </message>
</context><context>
    <name>station</name>
    <message>
        <source>, case {case}</source>
        <translation>，箱壳 {case}</translation>
    </message>
    <message>
        <source>OpenCV gave up on the source ({err}): check cable and network</source>
        <translation>图像源中断（{err}）：请检查网线和网络</translation>
    </message>
    <message>
        <source>USB camera {index} cannot be opened: plug it in, or see `shellmark cameras list`</source>
        <translation>USB 相机 {index} 打不开：请插好，或查看 `shellmark cameras list`</translation>
    </message>
    <message>
        <source>a daily check needs an operator: say who makes it</source>
        <translation>点检需要姓名：请先登录</translation>
    </message>
    <message>
        <source>a master is being inspected: wait for its verdict</source>
        <translation>正在检测标样：请等结果</translation>
    </message>
    <message>
        <source>a module of {module_mm:g} mm is not whole dots of a printer of {dots_per_mm:.3f} dots a mm: take one of {offers} mm</source>
        <translation>{module_mm:g} mm 的码块不是打印机（每毫米 {dots_per_mm:.3f} 点）的整数点：请改用 {offers} mm</translation>
    </message>
    <message>
        <source>a new baseline</source>
        <translation>重新学习基线</translation>
    </message>
    <message>
        <source>a new label for case {case}</source>
        <translation>箱壳 {case} 重贴标签</translation>
    </message>
    <message>
        <source>a reconciliation needs an operator: say who makes it</source>
        <translation>对账需要姓名：请先登录</translation>
    </message>
    <message>
        <source>a return of {serial}</source>
        <translation>退回 {serial}</translation>
    </message>
    <message>
        <source>a rework of {serial}</source>
        <translation>返修 {serial}</translation>
    </message>
    <message>
        <source>a roll of labels needs its name or number</source>
        <translation>请填标签卷的编号</translation>
    </message>
    <message>
        <source>a tile's outline is a polygon of three corners or more: draw it anew</source>
        <translation>参考块轮廓至少要三个角：请重画</translation>
    </message>
    <message>
        <source>a tile's outline must be convex: draw it anew</source>
        <translation>参考块轮廓必须是凸的：请重画</translation>
    </message>
    <message>
        <source>a void of {serial}</source>
        <translation>作废 {serial}</translation>
    </message>
    <message>
        <source>activate {serial}</source>
        <translation>激活 {serial}</translation>
    </message>
    <message>
        <source>all {count} cases of {path} have been served</source>
        <translation>{path} 的 {count} 个箱壳都已用完</translation>
    </message>
    <message>
        <source>an order needs its number</source>
        <translation>请填订单号</translation>
    </message>
    <message>
        <source>another SKU was chosen meanwhile</source>
        <translation>期间已换型</translation>
    </message>
    <message>
        <source>another round of labels for case {case}</source>
        <translation>箱壳 {case} 再给一轮标签</translation>
    </message>
    <message>
        <source>at all</source>
        <translation>任何一台</translation>
    </message>
    <message>
        <source>be closed</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>be opened</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>begin a check</source>
        <translation>开始点检</translation>
    </message>
    <message>
        <source>begin trigger {number}</source>
        <translation>开始第 {number} 次触发</translation>
    </message>
    <message>
        <source>breaking off a daily check needs an operator and a reason</source>
        <translation>中断点检需要姓名和原因</translation>
    </message>
    <message>
        <source>camera {camera} cannot {what} ({said}): check cable, power and settings</source>
        <translation>相机 {camera} 无法{what}（{said}）：请检查线缆、电源和设置</translation>
    </message>
    <message>
        <source>camera {camera} gave {count} frames for the {lights} lights of view {view}: check its trigger and the light controller</source>
        <translation>相机 {camera} 给出 {count} 帧，视图 {view} 有 {lights} 个光源：请检查触发和光源控制器</translation>
    </message>
    <message>
        <source>camera {camera} is not open</source>
        <translation>相机 {camera} 没有打开</translation>
    </message>
    <message>
        <source>camera {camera} is not open: open it first</source>
        <translation>相机 {camera} 没有打开：请先打开</translation>
    </message>
    <message>
        <source>camera {camera} is not open: {why}</source>
        <translation>相机 {camera} 没有打开：{why}</translation>
    </message>
    <message>
        <source>camera {camera} was closed while a frame was awaited</source>
        <translation>等待出图时相机 {camera} 被关闭</translation>
    </message>
    <message>
        <source>camera {camera} was closed while it was being opened</source>
        <translation>打开过程中相机 {camera} 被关闭</translation>
    </message>
    <message>
        <source>camera {camera}, light {light}: frame {number} failed: {said}</source>
        <translation>相机 {camera}，光源 {light}：第 {number} 帧失败：{said}</translation>
    </message>
    <message>
        <source>camera {camera}, view {view}, light {light}{case}</source>
        <translation>相机 {camera}，视图 {view}，光源 {light}{case}</translation>
    </message>
    <message>
        <source>camera {camera}: frame number {number} came after {last}: restart the camera</source>
        <translation>相机 {camera}：{last} 之后来了第 {number} 帧：请重启相机</translation>
    </message>
    <message>
        <source>camera {camera}: no frame within {waited}: check its trigger and cable</source>
        <translation>相机 {camera}：{waited} 内没有出图：请检查触发和线缆</translation>
    </message>
    <message>
        <source>camera {camera}: {kind}: {why}</source>
        <translation>相机 {camera}：{kind}：{why}</translation>
    </message>
    <message>
        <source>camera {camera}: {why}</source>
        <translation>相机 {camera}：{why}</translation>
    </message>
    <message>
        <source>case {case} has no label in the house: only such a case can be labelled anew</source>
        <translation>箱壳 {case} 在厂内没有标签：只有已贴标的箱壳才能重贴</translation>
    </message>
    <message>
        <source>case {case} has no picture {wanted}: add it, or take light {light} out of the recipe</source>
        <translation>箱壳 {case} 没有图片 {wanted}：请补上，或从配方中去掉光源 {light}</translation>
    </message>
    <message>
        <source>case {case} has {wanted} twice ({files}): keep one</source>
        <translation>箱壳 {case} 的 {wanted} 有两份（{files}）：请只留一份</translation>
    </message>
    <message>
        <source>case {case} is not halted: nothing is to be done</source>
        <translation>箱壳 {case} 不需要主管处理</translation>
    </message>
    <message>
        <source>case {case} is one file but view {view} has {of} lights: make it a folder of &lt;view&gt;_&lt;light&gt; files</source>
        <translation>箱壳 {case} 只有一个文件，而视图 {view} 有 {of} 个光源：请改成放 &lt;视图&gt;_&lt;光源&gt; 文件的文件夹</translation>
    </message>
    <message>
        <source>check {check} has ended: {outcome}</source>
        <translation>第 {check} 次点检已结束：{outcome}</translation>
    </message>
    <message>
        <source>check {check} of SKU {sku} is open: end it first</source>
        <translation>SKU {sku} 的第 {check} 次点检还没结束：请先结束</translation>
    </message>
    <message>
        <source>clear suspects</source>
        <translation>处置可疑件</translation>
    </message>
    <message>
        <source>clearing a suspect needs an operator and a reason code</source>
        <translation>处置可疑件需要姓名和原因</translation>
    </message>
    <message>
        <source>clearing {serial}</source>
        <translation>解除 {serial} 的存疑</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>code {at_hand} is {now} now: its label has to come off</source>
        <translation>编码 {at_hand} 现在是“{now}”：它的标签必须撕掉</translation>
    </message>
    <message>
        <source>code {serial} cannot become ACTIVE: {why}</source>
        <translation>编码 {serial} 不能激活：{why}</translation>
    </message>
    <message>
        <source>code {serial} is no longer {before}: another station has moved it</source>
        <translation>编码 {serial} 已不是“{before}”：别的工位已改动</translation>
    </message>
    <message>
        <source>code {serial} is no longer {suspicion}: another station has moved it</source>
        <translation>编码 {serial} 已不是“{suspicion}”：别的工位已改动</translation>
    </message>
    <message>
        <source>code {serial} is not at {target} yet: let the output deliver, then ship</source>
        <translation>编码 {serial} 还没有传到 {target}：等上传完成后再发货</translation>
    </message>
    <message>
        <source>code {serial} is {before} and cannot become {after}</source>
        <translation>编码 {serial} 是“{before}”，不能改为“{after}”</translation>
    </message>
    <message>
        <source>code {serial} is {state}: {due} is due for this step</source>
        <translation>编码 {serial} 是“{state}”：这一步要求 {due}</translation>
    </message>
    <message>
        <source>code {serial} was counted before: it is never printed again, replace it</source>
        <translation>编码 {serial} 已经计过数：不会再打印，请换新码</translation>
    </message>
    <message>
        <source>copy the database before its schema changes</source>
        <translation>升级前备份数据库</translation>
    </message>
    <message>
        <source>count after {serial}</source>
        <translation>打印 {serial} 后计数</translation>
    </message>
    <message>
        <source>count {serial}</source>
        <translation>打印 {serial} 前计数</translation>
    </message>
    <message>
        <source>database {database} is in use by {who}: stop that station first</source>
        <translation>数据库 {database} 正被 {who} 使用：请先停掉那个工位</translation>
    </message>
    <message>
        <source>database {parsed!r} cannot hold records: give a file, sqlite:///FILE or postgresql://HOST/NAME</source>
        <translation>数据库 {parsed!r} 不能存记录：请给出文件、sqlite:///FILE 或 postgresql://HOST/NAME</translation>
    </message>
    <message>
        <source>database {text!r} is no URL: give a file, sqlite:///FILE or postgresql://HOST/NAME</source>
        <translation>数据库 {text!r} 不是地址：请给出文件、sqlite:///FILE 或 postgresql://HOST/NAME</translation>
    </message>
    <message>
        <source>delete old pictures</source>
        <translation>删除旧图片</translation>
    </message>
    <message>
        <source>emulator_folder {folder} holds {first}, which is no still: take it out</source>
        <translation>emulator_folder {folder} 里的 {first} 不是图片：请拿走</translation>
    </message>
    <message>
        <source>emulator_folder {folder} is empty: put stills there</source>
        <translation>emulator_folder {folder} 是空的：请放入图片</translation>
    </message>
    <message>
        <source>emulator_folder {folder} is missing: put it there or mend the camera</source>
        <translation>缺少 emulator_folder {folder}：请放好，或修改相机设置</translation>
    </message>
    <message>
        <source>end check {check}</source>
        <translation>结束第 {check} 次点检</translation>
    </message>
    <message>
        <source>export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>folder {path} has no manifest.json to filter by: drop `filter` of the camera</source>
        <translation>文件夹 {path} 没有 manifest.json：请去掉相机的 `filter`</translation>
    </message>
    <message>
        <source>folder {path} holds no picture yet</source>
        <translation>文件夹 {path} 里还没有图片</translation>
    </message>
    <message>
        <source>folder {path} is gone: put it back</source>
        <translation>文件夹 {path} 不见了：请放回去</translation>
    </message>
    <message>
        <source>folder {path} is missing: put it there or mend `path` of the camera</source>
        <translation>缺少文件夹 {path}：请放好，或修改相机的 `path`</translation>
    </message>
    <message>
        <source>font {font} cannot be used ({why}): give a .ttf, .otf or .ttc file</source>
        <translation>字体 {font} 不能用（{why}）：请给出 .ttf、.otf 或 .ttc 文件</translation>
    </message>
    <message>
        <source>has {bits} bits per channel: {todo}</source>
        <translation>每通道 {bits} 位：{todo}</translation>
    </message>
    <message>
        <source>is CMYK: save it as RGB</source>
        <translation>是 CMYK：请存成 RGB</translation>
    </message>
    <message>
        <source>is damaged (a PNG's check sum is wrong): copy or save it again</source>
        <translation>已损坏（PNG 校验错误）：请重新复制或保存</translation>
    </message>
    <message>
        <source>is empty (0 bytes): copy or save it again</source>
        <translation>是空文件（0 字节）：请重新复制或保存</translation>
    </message>
    <message>
        <source>is no JPEG, PNG, BMP or TIFF: save it as one of these</source>
        <translation>不是 JPEG、PNG、BMP 或 TIFF：请存成其中一种</translation>
    </message>
    <message>
        <source>is truncated (a BMP without its end): copy or save it again</source>
        <translation>不完整（BMP 缺结尾）：请重新复制或保存</translation>
    </message>
    <message>
        <source>is truncated (a BMP without its head): copy or save it again</source>
        <translation>不完整（BMP 缺文件头）：请重新复制或保存</translation>
    </message>
    <message>
        <source>is truncated (a JPEG without its end): copy or save it again</source>
        <translation>不完整（JPEG 缺结尾）：请重新复制或保存</translation>
    </message>
    <message>
        <source>is truncated (a PNG without its end): copy or save it again</source>
        <translation>不完整（PNG 缺结尾）：请重新复制或保存</translation>
    </message>
    <message>
        <source>its thread has ended: start the station again</source>
        <translation>相机线程已结束：请重启工位</translation>
    </message>
    <message>
        <source>keep a picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>keep baselines</source>
        <translation>保存基线</translation>
    </message>
    <message>
        <source>label folder {folder}: {why}: free it or name another; the label may lie there</source>
        <translation>标签文件夹 {folder}：{why}：请腾出空间或换一个；标签可能已在里面</translation>
    </message>
    <message>
        <source>label printer {place} answers {answer!r} when asked for its odometer: it must be a Zebra, or speak Set-Get-Do as one</source>
        <translation>标签打印机 {place} 被问计数时回答 {answer!r}：必须是 Zebra，或支持它的 Set-Get-Do 指令</translation>
    </message>
    <message>
        <source>label printer {place}: {why}: see that it is on, has labels and is on the network</source>
        <translation>标签打印机 {place}：{why}：请检查是否开机、有标签纸、网络连通</translation>
    </message>
    <message>
        <source>label template {path} cannot be read: {why}: give a TOML file</source>
        <translation>标签模板 {path} 读不了：{why}：请给一个 TOML 文件</translation>
    </message>
    <message>
        <source>label template {path} is no TOML: {why}</source>
        <translation>标签模板 {path} 不是 TOML：{why}</translation>
    </message>
    <message>
        <source>label template {path}: {place}: {message}</source>
        <translation>标签模板 {path}：{place}：{message}</translation>
    </message>
    <message>
        <source>label template {template}: {width:g} x {height:g} mm is too small for a symbol of {side:.1f} mm: {least_width:.1f} x {least_height:.1f} mm is the least</source>
        <translation>标签模板 {template}：{width:g} x {height:g} mm 放不下 {side:.1f} mm 的二维码：至少 {least_width:.1f} x {least_height:.1f} mm</translation>
    </message>
    <message>
        <source>lamp {light} gives {ratio:.0%} of the reference's level, {least:.0%} is the least</source>
        <translation>{light}灯的亮度只有基准的 {ratio:.0%}，至少应为 {least:.0%}</translation>
    </message>
    <message>
        <source>lamp {light} is dead: its frame has {ratio:.0%} of the reference's level</source>
        <translation>{light}灯不亮：画面亮度只有基准的 {ratio:.0%}</translation>
    </message>
    <message>
        <source>light {light} is black: level {level:.1f}, {least:g} is the least</source>
        <translation>光源 {light} 全黑：亮度 {level:.1f}，至少应为 {least:g}</translation>
    </message>
    <message>
        <source>light {light} is missing</source>
        <translation>缺少光源 {light}</translation>
    </message>
    <message>
        <source>light {light} is saturated: {share:.1%} of the shell, {most:.1%} is the most</source>
        <translation>光源 {light} 过曝：占箱壳 {share:.1%}，最多 {most:.1%}</translation>
    </message>
    <message>
        <source>light {light} is too dark: {share:.0%} of the shell is black, {most:.0%} is the most</source>
        <translation>光源 {light} 太暗：箱壳 {share:.0%} 全黑，最多 {most:.0%}</translation>
    </message>
    <message>
        <source>lights {light} and {other} have changed places</source>
        <translation>光源 {light} 和 {other} 接反了</translation>
    </message>
    <message>
        <source>load roll {name}</source>
        <translation>登记标签卷 {name}</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>look at labels</source>
        <translation>查看标签</translation>
    </message>
    <message>
        <source>look at the free space</source>
        <translation>查看剩余空间</translation>
    </message>
    <message>
        <source>look at {serial}</source>
        <translation>查看 {serial}</translation>
    </message>
    <message>
        <source>look back from {serial}</source>
        <translation>从 {serial} 往前查</translation>
    </message>
    <message>
        <source>look for a label that was left</source>
        <translation>查找未撕下的标签</translation>
    </message>
    <message>
        <source>look for an open trigger</source>
        <translation>查找未完成的触发</translation>
    </message>
    <message>
        <source>look for codes that wait</source>
        <translation>查找待打印的编码</translation>
    </message>
    <message>
        <source>look for halted cases</source>
        <translation>查找待主管处理的箱壳</translation>
    </message>
    <message>
        <source>look for open checks</source>
        <translation>查找未结束的点检</translation>
    </message>
    <message>
        <source>look for open triggers</source>
        <translation>查找未完成的触发</translation>
    </message>
    <message>
        <source>look for order {number}</source>
        <translation>查找订单 {number}</translation>
    </message>
    <message>
        <source>manifest {path} cannot be read: {why}</source>
        <translation>清单 {path} 读不了：{why}</translation>
    </message>
    <message>
        <source>mark the last label</source>
        <translation>标记最后一张标签</translation>
    </message>
    <message>
        <source>master {name} is not wanted: {wanted} is</source>
        <translation>现在不要标样 {name}，要 {wanted}</translation>
    </message>
    <message>
        <source>move a cursor</source>
        <translation>移动输出进度</translation>
    </message>
    <message>
        <source>no Basler camera {serial} (there: {there}): check cable, power and `serial`</source>
        <translation>找不到 Basler 相机：{serial}（现有：{there}）：请检查线缆、电源和 `serial`</translation>
    </message>
    <message>
        <source>no Chinese font is installed: install Noto Sans CJK (Debian: fonts-noto-cjk; on Windows Microsoft YaHei is there), or name a font file in the label's template</source>
        <translation>没有安装中文字体：请安装 Noto Sans CJK（Debian：fonts-noto-cjk；Windows 自带微软雅黑），或在标签模板里指定字体文件</translation>
    </message>
    <message>
        <source>no answer for {seconds:.1f} s: check its cable and power</source>
        <translation>{seconds:.1f} 秒没有应答：请检查线缆和电源</translation>
    </message>
    <message>
        <source>no case{wanted} in {path}: put stills ({kinds}) there or mend the camera</source>
        <translation>{path} 里没有箱壳{wanted}：请放入图片（{kinds}），或修改相机设置</translation>
    </message>
    <message>
        <source>no daily check is open</source>
        <translation>没有进行中的点检</translation>
    </message>
    <message>
        <source>no daily check is open: begin one</source>
        <translation>没有进行中的点检：请先开始</translation>
    </message>
    <message>
        <source>no new frame after the trigger, the last one came {seconds:.1f} s ago: check cable and network</source>
        <translation>触发后没有新图像，最近一帧在 {seconds:.1f} 秒前：请检查线缆和网络</translation>
    </message>
    <message>
        <source>no odometer reading was kept before its print command</source>
        <translation>打印前没有记下打印机计数</translation>
    </message>
    <message>
        <source>no tile stands out at its place: see whether it is there, lit and clean, or draw it anew</source>
        <translation>参考块位置上看不到参考块：请检查是否在位、照亮、干净，或重画</translation>
    </message>
    <message>
        <source>not opened yet</source>
        <translation>还没有打开</translation>
    </message>
    <message>
        <source>note work</source>
        <translation>登记作业</translation>
    </message>
    <message>
        <source>nothing of the frame is shell: see the outline and the fittings</source>
        <translation>画面里没有箱壳：请检查轮廓和配件区域</translation>
    </message>
    <message>
        <source>open the database</source>
        <translation>打开数据库</translation>
    </message>
    <message>
        <source>open the image folder</source>
        <translation>打开图片文件夹</translation>
    </message>
    <message>
        <source>order {number} has all its {quantity} codes: set case {case} aside, or let two persons raise it</source>
        <translation>订单 {number} 的 {quantity} 个编码已用完：把箱壳 {case} 另行处置，或由两人增加订单数量</translation>
    </message>
    <message>
        <source>order {number} has all its {quantity} codes: take the next order</source>
        <translation>订单 {number} 的 {quantity} 个编码已用完：请换订单</translation>
    </message>
    <message>
        <source>order {number} has {known} pieces, and changing that</source>
        <translation>订单 {number} 原为 {known} 件，改件数</translation>
    </message>
    <message>
        <source>order {number} needs an operator: say who takes it</source>
        <translation>订单 {number} 需要姓名：请先登录</translation>
    </message>
    <message>
        <source>order {number}: a quantity of {quantity} is none: give the pieces to be made</source>
        <translation>订单 {number}：件数 {quantity} 不对：请填要做的件数</translation>
    </message>
    <message>
        <source>overrule record {row}</source>
        <translation>改判记录 {row}</translation>
    </message>
    <message>
        <source>picture {path} cannot be decoded ({err}): save it again</source>
        <translation>图片 {path} 解不开（{err}）：请重新保存</translation>
    </message>
    <message>
        <source>picture {path} cannot be read ({why}): put it back or take its case out</source>
        <translation>图片 {path} 读不了（{why}）：请放回去，或拿走该箱壳</translation>
    </message>
    <message>
        <source>picture {path} has {bits} bits per channel: {todo}</source>
        <translation>图片 {path} 每通道 {bits} 位：{todo}</translation>
    </message>
    <message>
        <source>picture {path} has {channels} channels (CMYK or transparency): {todo}</source>
        <translation>图片 {path} 有 {channels} 个通道（CMYK 或带透明）：{todo}</translation>
    </message>
    <message>
        <source>picture {path} is torn or no picture: copy or save it again</source>
        <translation>图片 {path} 残缺或不是图片：请重新复制或保存</translation>
    </message>
    <message>
        <source>picture {path} {fault}</source>
        <translation>图片 {path} {fault}。</translation>
    </message>
    <message>
        <source>pypylon is not installed: pip install 'shellmark[basler]'</source>
        <translation>没有安装 pypylon：pip install 'shellmark[basler]'</translation>
    </message>
    <message>
        <source>read reconciliations</source>
        <translation>读取对账</translation>
    </message>
    <message>
        <source>read records</source>
        <translation>读取记录</translation>
    </message>
    <message>
        <source>read the last odometer value</source>
        <translation>读取最近的打印机计数</translation>
    </message>
    <message>
        <source>read the last record</source>
        <translation>读取最近的记录</translation>
    </message>
    <message>
        <source>read the last trigger</source>
        <translation>读取最近的触发</translation>
    </message>
    <message>
        <source>read the order</source>
        <translation>读取订单</translation>
    </message>
    <message>
        <source>read the outbox</source>
        <translation>读取待发事件</translation>
    </message>
    <message>
        <source>read the settings</source>
        <translation>读取数据库设置</translation>
    </message>
    <message>
        <source>recipe {sku} has no masters: add [[masters]] to it, see docs/daily-check.md</source>
        <translation>配方 {sku} 没有标样：请加入 [[masters]]，见 docs/daily-check.md</translation>
    </message>
    <message>
        <source>reconcile labels</source>
        <translation>标签对账</translation>
    </message>
    <message>
        <source>record {first} is not suspect: `shellmark checks suspects` shows those that are</source>
        <translation>记录 {first} 不是可疑件：`shellmark checks suspects` 可列出</translation>
    </message>
    <message>
        <source>record {row} of case {case} was followed by {last}: decide about that one</source>
        <translation>箱壳 {case} 的记录 {row} 之后已有记录 {last}：请处置后一条</translation>
    </message>
    <message>
        <source>record {row}: a decision needs an operator and a reason code</source>
        <translation>记录 {row}：处置需要姓名和原因</translation>
    </message>
    <message>
        <source>relabel case {case}</source>
        <translation>箱壳 {case} 重贴标签</translation>
    </message>
    <message>
        <source>replace {serial}</source>
        <translation>更换 {serial}</translation>
    </message>
    <message>
        <source>retiring {serial}</source>
        <translation>停用 {serial}</translation>
    </message>
    <message>
        <source>roll {name} needs an operator: say who puts it in</source>
        <translation>标签卷 {name} 需要姓名：请先登录</translation>
    </message>
    <message>
        <source>roll {name} was put in before: give the one that is in the printer now</source>
        <translation>标签卷 {name} 已登记过：请填打印机里现在这一卷</translation>
    </message>
    <message>
        <source>roll {name}: {labels} labels are none: give how many are on it</source>
        <translation>标签卷 {name}：张数 {labels} 不对：请填卷上的张数</translation>
    </message>
    <message>
        <source>save it with 8 bits per channel, grey or RGB</source>
        <translation>请存成每通道 8 位的灰度或 RGB</translation>
    </message>
    <message>
        <source>saying that {serial} was copied</source>
        <translation>认定 {serial} 被复制</translation>
    </message>
    <message>
        <source>several Basler cameras ({there}): say which with `serial`</source>
        <translation>有多台 Basler 相机（{there}）：请用 `serial` 指定</translation>
    </message>
    <message>
        <source>shipping {serial}</source>
        <translation>发货 {serial}</translation>
    </message>
    <message>
        <source>station {station} is not open</source>
        <translation>工位 {station} 没有打开</translation>
    </message>
    <message>
        <source>station {station} is not open: {why}</source>
        <translation>工位 {station} 没有打开：{why}</translation>
    </message>
    <message>
        <source>station {station} is running already{who}: stop it first</source>
        <translation>工位 {station} 已在运行{who}：请先停掉</translation>
    </message>
    <message>
        <source>station {station} is {state}</source>
        <translation>工位 {station} 现在是“{state}”</translation>
    </message>
    <message>
        <source>station {station} is {state}: {why}</source>
        <translation>工位 {station} 现在是“{state}”：{why}</translation>
    </message>
    <message>
        <source>store trigger {number}</source>
        <translation>保存第 {number} 次触发</translation>
    </message>
    <message>
        <source>stream {source} cannot be opened: check address, network and password</source>
        <translation>视频流 {source} 打不开：请检查地址、网络和密码</translation>
    </message>
    <message>
        <source>supervise case {case}</source>
        <translation>主管处理箱壳 {case}</translation>
    </message>
    <message>
        <source>take a frame</source>
        <translation>取图</translation>
    </message>
    <message>
        <source>take order {number}</source>
        <translation>换订单 {number}</translation>
    </message>
    <message>
        <source>the camera read {text!r}</source>
        <translation>相机读到的是 {text!r}</translation>
    </message>
    <message>
        <source>the camera was closed</source>
        <translation>相机已关闭</translation>
    </message>
    <message>
        <source>the camera's pixel type {pixel_type:#x} is no 8-bit picture: set `pixel_format` to {known}</source>
        <translation>相机像素类型 {pixel_type:#x} 不是 8 位图像：请把 `pixel_format` 设为 {known}</translation>
    </message>
    <message>
        <source>the database stays in journal mode {mode}: it must be a local disk that can do WAL</source>
        <translation>数据库停在日志模式 {mode}：必须放在支持 WAL 的本地磁盘</translation>
    </message>
    <message>
        <source>the frame of light {light} is like the reference under no light (spread {spread:.2f}, {most:g} is the most): another shell, or lamp {light} was moved</source>
        <translation>光源 {light} 的画面与基准的任何光源都不像（离散 {spread:.2f}，最多 {most:g}）：换了箱壳，或 {light}灯被移动</translation>
    </message>
    <message>
        <source>the frame of light {light} shows light {other}: lamp {light} is dead, or lamp {other} does not go out</source>
        <translation>光源 {light} 的画面是光源 {other} 照的：{light}灯不亮，或 {other}灯没有熄</translation>
    </message>
    <message>
        <source>the frames are of different cases ({cases}): start the station again</source>
        <translation>各相机的图像不是同一个箱壳（{cases}）：请重启工位</translation>
    </message>
    <message>
        <source>the label's font {font} has no {lacking}: name another in the template</source>
        <translation>标签字体 {font} 缺字 {lacking}：请在模板里换字体</translation>
    </message>
    <message>
        <source>the label's unused error correction is {uec:.2f}, {least:.2f} is due</source>
        <translation>标签的纠错余量为 {uec:.2f}，至少应为 {least:.2f}</translation>
    </message>
    <message>
        <source>the label's {what} {word!r} cannot be printed: one line of at most {most} is due</source>
        <translation>标签的 {what} {word!r} 无法打印：只能一行，最多 {most} 字</translation>
    </message>
    <message>
        <source>the lights are in the wrong order: {took}</source>
        <translation>光源次序不对：{took}</translation>
    </message>
    <message>
        <source>the lights differ in size: {sizes}</source>
        <translation>各光源的图像大小不同：{sizes}</translation>
    </message>
    <message>
        <source>the odometer shows {count}, {due} is due</source>
        <translation>打印机计数为 {count}，应为 {due}</translation>
    </message>
    <message>
        <source>the odometer went from {count} to {before} by itself</source>
        <translation>打印机计数自己从 {count} 变到 {before}</translation>
    </message>
    <message>
        <source>the odometer {count}</source>
        <translation>打印机计数 {count} 张</translation>
    </message>
    <message>
        <source>the printer has no odometer: see [label] uncounted</source>
        <translation>打印机没有计数功能：见配置 [label] uncounted</translation>
    </message>
    <message>
        <source>the printer's odometer gives another number each time, now {last}: look at the printer</source>
        <translation>打印机计数每次读到的都不同，现在是 {last}：请检查打印机</translation>
    </message>
    <message>
        <source>the recipe in use has no view {view} to read labels with: name another one in [label]</source>
        <translation>当前配方没有用来读标签的视图 {view}：请在 [label] 里改用别的</translation>
    </message>
    <message>
        <source>the records know {count} labels</source>
        <translation>记录 {count} 张</translation>
    </message>
    <message>
        <source>the reference pictures are black under every light: take them anew</source>
        <translation>基准图片在所有光源下都是黑的：请重拍</translation>
    </message>
    <message>
        <source>the reference pictures of light {light} and {other} are alike (spread {spread:.2f}, {least:g} is the least): take them anew, or see whether one lamp does not fire</source>
        <translation>光源 {light} 和 {other} 的基准图片一样（离散 {spread:.2f}，至少 {least:g}）：请重拍，或检查是否有灯不亮</translation>
    </message>
    <message>
        <source>the roll {count}</source>
        <translation>标签卷 {count} 张</translation>
    </message>
    <message>
        <source>the source broke off after {seconds:.1f} s: check cable and network</source>
        <translation>图像源在 {seconds:.1f} 秒后中断：请检查线缆和网络</translation>
    </message>
    <message>
        <source>the source gives {dtype} pixels: set it to 8 bits</source>
        <translation>图像源给出 {dtype} 像素：请设为 8 位</translation>
    </message>
    <message>
        <source>the source has no further case</source>
        <translation>图像源没有更多箱壳</translation>
    </message>
    <message>
        <source>the station is stopping</source>
        <translation>工位正在停止</translation>
    </message>
    <message>
        <source>the station prints no labels: give its configuration a section [label]</source>
        <translation>本工位不打印标签：请在配置中加入 [label]</translation>
    </message>
    <message>
        <source>the station runs by itself: hold it before a daily check</source>
        <translation>工位正在连续检测：点检前请先暂停</translation>
    </message>
    <message>
        <source>the tile's outline is not whole in the frame of {w} x {h} px: draw it anew</source>
        <translation>参考块轮廓超出 {w} x {h} px 的画面：请重画</translation>
    </message>
    <message>
        <source>the tile's outline is smaller than {least} px: draw it anew</source>
        <translation>参考块轮廓小于 {least} px：请重画</translation>
    </message>
    <message>
        <source>there is no check {check} of station {station}</source>
        <translation>工位 {station} 没有第 {check} 次点检</translation>
    </message>
    <message>
        <source>there is no code {serial!r} here: look for its case with `shellmark records list`</source>
        <translation>这里没有编码 {serial!r}：请用 `shellmark records list` 查它的箱壳</translation>
    </message>
    <message>
        <source>there is no recipe for SKU {sku}: there are {there}</source>
        <translation>SKU {sku} 没有配方：现有 {there}</translation>
    </message>
    <message>
        <source>there is no record {row}</source>
        <translation>没有记录 {row}</translation>
    </message>
    <message>
        <source>trigger {number} of station {station} has its record already: {row}</source>
        <translation>工位 {station} 的第 {number} 次触发已有记录：{row}</translation>
    </message>
    <message>
        <source>trigger {number} of station {station} was never begun: begin it before the capture</source>
        <translation>工位 {station} 的第 {number} 次触发没有开始过：请先开始再取图</translation>
    </message>
    <message>
        <source>turned by {degrees:.1f} deg, {most:g} deg is the most</source>
        <translation>转了 {degrees:.1f} 度，最多 {most:g} 度</translation>
    </message>
    <message>
        <source>unlike the reference: correlation {found:.2f}, {least:g} is the least</source>
        <translation>与基准不像：相关度 {found:.2f}，至少 {least:g}</translation>
    </message>
    <message>
        <source>unlock</source>
        <translation>解锁</translation>
    </message>
    <message>
        <source>video {path} cannot be opened: it is torn or of a kind FFmpeg does not know</source>
        <translation>视频 {path} 打不开：已损坏，或 FFmpeg 不认识</translation>
    </message>
    <message>
        <source>video {path} is missing: put it there or mend `source` of the camera</source>
        <translation>缺少视频 {path}：请放好，或修改相机的 `source`</translation>
    </message>
    <message>
        <source>video {source} breaks off after frame {good} of {said}: copy it again</source>
        <translation>视频 {source} 在 {said} 帧中的第 {good} 帧后中断：请重新复制</translation>
    </message>
    <message>
        <source>video {source} has no {count} frames left of {length}</source>
        <translation>视频 {source} 共 {length} 帧，已不足 {count} 帧</translation>
    </message>
    <message>
        <source>video {source} is not open</source>
        <translation>视频 {source} 没有打开</translation>
    </message>
    <message>
        <source>view {view} has no light {light}: it has {there}</source>
        <translation>视图 {view} 没有光源 {light}：现有 {there}</translation>
    </message>
    <message>
        <source>view {view} has no plane {light} to align by: it has {there}</source>
        <translation>视图 {view} 没有用来对齐的平面 {light}：现有 {there}</translation>
    </message>
    <message>
        <source>view {view} has no plane {light} to find the shell in: it has {there}</source>
        <translation>视图 {view} 没有用来找箱壳的平面 {light}：现有 {there}</translation>
    </message>
    <message>
        <source>view {view} has no plane {missing}: it has {there}</source>
        <translation>视图 {view} 没有平面 {missing}：现有 {there}</translation>
    </message>
    <message>
        <source>view {view} has not the reference's size: let align come before</source>
        <translation>视图 {view} 与基准大小不同：请先对齐（align）</translation>
    </message>
    <message>
        <source>view {view} has not the reference's size: let align come before shell_mask</source>
        <translation>视图 {view} 与基准大小不同：请把 align 放在 shell_mask 之前</translation>
    </message>
    <message>
        <source>view {view}, light {light} of trigger {number}</source>
        <translation>第 {number} 次触发的视图 {view}，光源 {light}</translation>
    </message>
    <message>
        <source>view {view}, light {light}: {why}</source>
        <translation>视图 {view}，光源 {light}：{why}</translation>
    </message>
    <message>
        <source>view {view}: a model sees one plane, or three and more, not two</source>
        <translation>视图 {view}：模型看一个平面，或三个以上，不能是两个</translation>
    </message>
    <message>
        <source>view {view}: a polygon of zone {zone} lies outside the view: mend its millimetres, which count from the view's top-left pixel</source>
        <translation>视图 {view}：{zone} 区的多边形在画面之外：请改毫米数，从画面左上角算起</translation>
    </message>
    <message>
        <source>view {view}: channel {channel} wants a colour of a light whose frames are grey</source>
        <translation>视图 {view}：通道 {channel} 要彩色，而该光源的图像是灰度</translation>
    </message>
    <message>
        <source>view {view}: every light is black: check the lamps</source>
        <translation>视图 {view}：所有光源都是黑的：请检查灯</translation>
    </message>
    <message>
        <source>view {view}: its millimetres come from a profile: take frame_px_per_mm out</source>
        <translation>视图 {view}：毫米由标定文件给出：请去掉 frame_px_per_mm</translation>
    </message>
    <message>
        <source>view {view}: light {light} has {width} x {height} px, its reference {w} x {h}: let align come before illumination</source>
        <translation>视图 {view}：光源 {light} 为 {width} x {height} px，基准为 {w} x {h}：请把 align 放在 illumination 之前</translation>
    </message>
    <message>
        <source>view {view}: light {light} is grey, a colour correction wants colour frames</source>
        <translation>视图 {view}：光源 {light} 是灰度，颜色校正要彩色图像</translation>
    </message>
    <message>
        <source>view {view}: light {light} is grey: colour wants colour frames</source>
        <translation>视图 {view}：光源 {light} 是灰度：测颜色要彩色图像</translation>
    </message>
    <message>
        <source>view {view}: no shell found: the largest part covers {percent:.1f} % of the view, {least:g} % is the least: check the light, or give the outline as whole or in mm</source>
        <translation>视图 {view}：找不到箱壳：最大部分占画面 {percent:.1f} %，至少 {least:g} %：请检查光源，或把轮廓设为整幅或毫米</translation>
    </message>
    <message>
        <source>view {view}: no shell is left after the margin of {margin:g} mm and the fittings</source>
        <translation>视图 {view}：去掉 {margin:g} mm 边缘和配件后没有剩下箱壳</translation>
    </message>
    <message>
        <source>view {view}: the grey tile was not read: let a step tile come before shell_colour</source>
        <translation>视图 {view}：没有读灰色参考块：请把步骤 tile 放在 shell_colour 之前</translation>
    </message>
    <message>
        <source>view {view}: the region {rectangle} does not lie within its {w} x {h} px: give a smaller one, or the frame's own size in frame_px</source>
        <translation>视图 {view}：区域 {rectangle} 超出 {w} x {h} px：请改小，或在 frame_px 里填实际大小</translation>
    </message>
    <message>
        <source>view {view}: the shell is {what}</source>
        <translation>视图 {view}：箱壳{what}</translation>
    </message>
    <message>
        <source>view {view}: the shell was found before the lens was taken out: put undistort first</source>
        <translation>视图 {view}：找箱壳在去畸变之前：请把 undistort 放在最前</translation>
    </message>
    <message>
        <source>view {view}: two places fit the reference alike (doubt {doubt:.2f}, at most {most:g}): the ribs repeat and no outline or fitting tells them apart</source>
        <translation>视图 {view}：有两个位置同样符合基准（存疑 {doubt:.2f}，最多 {most:g}）：筋条重复，没有轮廓或配件可以区分</translation>
    </message>
    <message>
        <source>view {view}: zone {zone} has {count} tiles of {tile:g} mm that show its colour, {least} are the least: a smaller tile_mm, or less light</source>
        <translation>视图 {view}：{zone} 区能看出颜色的 {tile:g} mm 小块只有 {count} 个，至少 {least} 个：请减小 tile_mm 或调暗</translation>
    </message>
    <message>
        <source>view {view}: {faults}: check lamps, cables, controller and exposure</source>
        <translation>视图 {view}：{faults}：请检查灯、线缆、控制器和曝光</translation>
    </message>
    <message>
        <source>view {view}: {w} x {h} px are not the camera's own frame of {full_w} x {full_h} px: let flat_field come first</source>
        <translation>视图 {view}：{w} x {h} px 不是相机的原图 {full_w} x {full_h} px：请把 flat_field 放在最前</translation>
    </message>
    <message>
        <source>view {view}: {w} x {h} px are not the whole frame of {pw} x {ph} px that the profile is of: calibrate this camera at this resolution</source>
        <translation>视图 {view}：{w} x {h} px 不是标定时的整幅 {pw} x {ph} px：请在此分辨率下重新标定相机</translation>
    </message>
    <message>
        <source>view {view}: {w} x {h} px at {px_per_mm:.4g} px/mm cannot become {wanted:.4g} px/mm: check frame_px_per_mm</source>
        <translation>视图 {view}：{px_per_mm:.4g} px/mm 的 {w} x {h} px 不能变成 {wanted:.4g} px/mm：请检查 frame_px_per_mm</translation>
    </message>
    <message>
        <source>view {view}: {w} x {h} px cannot be aligned to a reference of {rw} x {rh} px: take the reference anew with this recipe's steps</source>
        <translation>视图 {view}：{w} x {h} px 不能与 {rw} x {rh} px 的基准对齐：请用本配方的步骤重取基准</translation>
    </message>
    <message>
        <source>view {view}: {w} x {h} px cannot be compared with a reference of {rw} x {rh} px: take the reference anew with this recipe's steps</source>
        <translation>视图 {view}：{w} x {h} px 不能与 {rw} x {rh} px 的基准比较：请用本配方的步骤重取基准</translation>
    </message>
    <message>
        <source>work on the station</source>
        <translation>登记作业</translation>
    </message>
    <message>
        <source>work {kind!r} is none: give {works}</source>
        <translation>没有作业 {kind!r}：可以是 {works}</translation>
    </message>
    <message>
        <source>zone {zone} of view {view} has no area, so {label} per 100 cm² cannot be judged</source>
        <translation>视图 {view} 的 {zone} 区没有面积，无法判定每 100 cm² 的{label}</translation>
    </message>
    <message>
        <source>{call} is not due now: the labeller waits for nothing</source>
        <translation>现在不能按“{call}”：请看标签页的提示</translation>
    </message>
    <message>
        <source>{call} is not due now: the labeller waits for {due}</source>
        <translation>现在不能按“{call}”：正在等{due}</translation>
    </message>
    <message>
        <source>{call} of {serial} came late: {at_hand} is at hand now</source>
        <translation>{serial} 的“{call}”按晚了：现在轮到 {at_hand}</translation>
    </message>
    <message>
        <source>{counts}: a reconciliation that does not agree</source>
        <translation>{counts}，对不上的对账</translation>
    </message>
    <message>
        <source>{folder} has {kib} KiB left: free some space, no case is begun before</source>
        <translation>{folder} 只剩 {kib} KiB：请腾出空间，之前不接新箱壳</translation>
    </message>
    <message>
        <source>{kind} of view {view}: {shape} cannot be written as {ending}</source>
        <translation>视图 {view} 的 {kind}：{shape} 不能写成 {ending}</translation>
    </message>
    <message>
        <source>{kind} of view {view}: {shape} is no picture: {err}</source>
        <translation>视图 {view} 的 {kind}：{shape} 不是图片：{err}</translation>
    </message>
    <message>
        <source>{left} labels left on the roll cannot be: count them</source>
        <translation>卷上不可能剩 {left} 张标签：请数一数</translation>
    </message>
    <message>
        <source>{mm:.1f} mm off, {most:g} mm is the most</source>
        <translation>偏了 {mm:.1f} mm，最多 {most:g} mm</translation>
    </message>
    <message>
        <source>{percent:.2f} % larger than the reference, {most:g} % is the most</source>
        <translation>比基准大 {percent:.2f} %，最多 {most:g} %</translation>
    </message>
    <message>
        <source>{percent:.2f} % smaller than the reference, {most:g} % is the most</source>
        <translation>比基准小 {percent:.2f} %，最多 {most:g} %</translation>
    </message>
    <message>
        <source>{share:.2%} of the view is left to judge, {least:.0%} is the least: mend the outline, its margin_mm or the ignore polygons</source>
        <translation>画面只剩 {share:.2%} 可判，至少 {least:.0%}：请修改轮廓、margin_mm 或忽略区域</translation>
    </message>
    <message>
        <source>{source} is not open</source>
        <translation>{source} 没有打开</translation>
    </message>
    <message>
        <source>{source} stands still: no frame for {seconds:.1f} s: check cable, power and network</source>
        <translation>{source} 画面停住：{seconds:.1f} 秒没有新图像：请检查线缆、电源和网络</translation>
    </message>
    <message>
        <source>{text!r} does not fit a version {version}-{level} symbol: use a shorter host</source>
        <translation>{text!r} 放不进 {version}-{level} 的二维码：请用更短的域名</translation>
    </message>
    <message>
        <source>{text!r} finds no room on label template {template}: there is {room}, letters are {least_mm} mm high at least: shorten it or take a larger label</source>
        <translation>{text!r} 在标签模板 {template} 上放不下：只有 {room}，字高至少 {least_mm} mm：请缩短，或用更大的标签</translation>
    </message>
    <message>
        <source>{text!r} is not signed: ?91= and 90 characters of signature are due</source>
        <translation>{text!r} 没有签名：应有 ?91= 和 90 个字符的签名</translation>
    </message>
    <message>
        <source>{what} needs a note: say where the labels are</source>
        <translation>{what}需要说明标签在哪里</translation>
    </message>
    <message>
        <source>{what} needs a reason</source>
        <translation>{what}需要原因</translation>
    </message>
    <message>
        <source>{what} needs an operator and a reason</source>
        <translation>{what}需要姓名和原因</translation>
    </message>
    <message>
        <source>{what} needs an operator: say who does it</source>
        <translation>{what}需要姓名</translation>
    </message>
    <message>
        <source>{what} needs two different persons: give both names</source>
        <translation>{what}需要两个不同的人：请填两人姓名</translation>
    </message>
    <message>
        <source>{what}: frame of {width}x{height} px, wanted {wanted_width}x{wanted_height}: mend the camera's size or the recipe's frame_px</source>
        <translation>{what}：图像为 {width}x{height} px，应为 {wanted_width}x{wanted_height}：请改相机尺寸或配方的 frame_px</translation>
    </message>
    <message>
        <source>{what}: frame {number} is {age_ms:.0f} ms older than the trigger: restart the camera</source>
        <translation>{what}：第 {number} 帧比触发早 {age_ms:.0f} ms：请重启相机</translation>
    </message>
    <message>
        <source>{what}: no room in {where}: free some space and start again</source>
        <translation>{what}：{where} 空间不足：请腾出空间后重新启动</translation>
    </message>
    <message>
        <source>{what}: the frame is all black: check lens cap, exposure and whether the light fires</source>
        <translation>{what}：画面全黑：请检查镜头盖、曝光和灯是否亮</translation>
    </message>
    <message>
        <source>{what}: the frame is all white: check the exposure and the light</source>
        <translation>{what}：画面全白：请检查曝光和光源</translation>
    </message>
    <message>
        <source>{what}: the very picture of {seen} came again: restart the camera</source>
        <translation>{what}：又收到{seen}的同一幅图像：请重启相机</translation>
    </message>
    <message>
        <source>{what}: {where} is no database: move it away or give another one</source>
        <translation>{what}：{where} 不是数据库：请移走，或换一个</translation>
    </message>
    <message>
        <source>{why} ({timeouts} times in a row)</source>
        <translation>{why}（连续 {timeouts} 次）</translation>
    </message>
    <message>
        <source>{why}: check cable, power and network</source>
        <translation>{why}：请检查线缆、电源和网络</translation>
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
    <name>teach</name>
    <message>
        <location filename="../desks/teach_desk.py" line="85" />
        <source>In which folder are the good shells?</source>
        <translation>良品在哪个文件夹？</translation>
    </message>
    <message>
        <location filename="../desks/teach_desk.py" line="86" />
        <source>In which folder are the named defects?</source>
        <translation>有名称的缺陷在哪个文件夹？</translation>
    </message>
    <message>
        <location filename="../desks/teach_desk.py" line="135" />
        <source>Version {version} is taught</source>
        <translation>版本 {version} 已教好</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="143" />
        <source>Start</source>
        <translation>开始教学</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="144" />
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="145" />
        <source>Leave out {count}, teach again</source>
        <translation>排除 {count} 件，重新教学</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="146" />
        <source>To the gate</source>
        <translation>送闸门检查</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="147" />
        <source>Teach others</source>
        <translation>另教一批</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="153" />
        <source>Teach from good shells</source>
        <translation>用良品教学</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="154" />
        <source>A candidate comes of it; nothing uses it before the gate</source>
        <translation>结果只是候选版本，未过闸门前不会使用</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="248" />
        <source>Folder of good shells</source>
        <translation>良品文件夹</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="249" />
        <source>Folder of named defects (not needed)</source>
        <translation>缺陷文件夹（可不选）</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="250" />
        <source>Kind of model</source>
        <translation>模型种类</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="251" />
        <source>Begin from</source>
        <translation>起点</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="252" />
        <source>Corrections people queued</source>
        <translation>已排队的改判件</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="256" />
        <source>choose...</source>
        <translation>请选择…</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="257" />
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="258" />
        <source>as the recipe wants</source>
        <translation>按配方</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="259" />
        <source>version {version}, and learn further</source>
        <translation>在版本 {version} 上继续学</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="261" />
        <source>nothing: learn anew</source>
        <translation>从头学</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="262" />
        <source>learn them, too</source>
        <translation>一并学习</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="264" />
        <source>leave them queued</source>
        <translation>暂不学习</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="271" />
        <source>Cancelling...</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="274" />
        <source>{seconds} s so far</source>
        <translation>已用 {seconds} 秒</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="282" />
        <source>Version {version} is taught, a candidate: {promise}</source>
        <translation>版本 {version} 已教好（候选）：{promise}</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="286" />
        <source>{count} left out</source>
        <translation>已排除 {count} 件</translation>
    </message>
    <message>
        <location filename="../pages/teach_page.py" line="294" />
        <source>Nothing is known of the goods</source>
        <translation>没有良品信息</translation>
    </message>
</context><context>
    <name>threshold</name>
    <message>
        <location filename="../desks/threshold_desk.py" line="55" />
        <source>Version {version} is made, a candidate; the gate checks it</source>
        <translation>版本 {version} 已生成（候选），正在闸门检查</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="123" />
        <source>As it is now</source>
        <translation>恢复现值</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="124" />
        <source>Keep as a new version</source>
        <translation>存为新版本</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="130" />
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="131" />
        <source>Nothing changes here: a new version has to pass the gate</source>
        <translation>这里不直接生效：新版本须先过闸门</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="135" />
        <source>{times:.2f} x the present</source>
        <translation>现值 × {times:.2f}</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="136" />
        <source>overkill, of cases people called good</source>
        <translation>过杀（人工判为良品的件中）</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="137" />
        <source>escapes, of cases people called bad</source>
        <translation>漏检（人工判为不良的件中）</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="183" />
        <source>counting...</source>
        <translation>统计中…</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="187" />
        <source>on the last {n} stored cases</source>
        <translation>按最近 {n} 件记录统计</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="191" />
        <source>Would pass: {count}</source>
        <translation>将改为放行：{count} 件</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="192" />
        <source>Would be stopped at most: {count}</source>
        <translation>将改为拦下：最多 {count} 件</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="207" />
        <source>No stored case would be judged differently</source>
        <translation>没有判定会改变的记录</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="216" />
        <source>people said: good</source>
        <translation>人工判为良品</translation>
    </message>
    <message>
        <location filename="../pages/threshold_page.py" line="218" />
        <source>people said: bad</source>
        <translation>人工判为不良</translation>
    </message>
</context><context>
    <name>tile</name>
    <message>
        <location filename="../widgets/tiles.py" line="194" />
        <location filename="../widgets/rows.py" line="83" />
        <source>Before</source>
        <translation>上一页</translation>
    </message>
    <message>
        <location filename="../widgets/tiles.py" line="195" />
        <location filename="../widgets/rows.py" line="84" />
        <source>Further</source>
        <translation>下一页</translation>
    </message>
    <message>
        <location filename="../widgets/tiles.py" line="94" />
        <source>no picture kept</source>
        <translation>未保存图片</translation>
    </message>
    <message>
        <location filename="../widgets/tiles.py" line="246" />
        <source>{first} to {last} of {count}</source>
        <translation>第 {first} 至 {last} 件，共 {count} 件</translation>
    </message>
</context><context>
    <name>trouble</name>
    <message>
        <location filename="../troubles.py" line="21" />
        <source>no room on the disk</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="22" />
        <source>the database is in use</source>
        <translation>数据库被占用</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="23" />
        <source>the database is of a newer program</source>
        <translation>数据库由更新的程序写成</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="24" />
        <source>a record could not be kept or read</source>
        <translation>记录无法保存或读取</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="25" />
        <source>the view does not fit its reference</source>
        <translation>画面与基准对不上</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="26" />
        <source>a preparing step failed</source>
        <translation>预处理失败</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="27" />
        <source>the camera is lost</source>
        <translation>相机掉线</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="28" />
        <source>no frame came in time</source>
        <translation>相机未按时出图</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="29" />
        <source>a frame is damaged</source>
        <translation>图像损坏</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="30" />
        <source>an old frame came</source>
        <translation>收到旧图像</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="31" />
        <source>the source has no further case</source>
        <translation>图像源已用完</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="32" />
        <source>the camera failed</source>
        <translation>相机出错</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="33" />
        <source>the recipe cannot be used</source>
        <translation>配方不能使用</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="34" />
        <source>the settings cannot be used</source>
        <translation>设置不能使用</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="35" />
        <source>it has changed meanwhile</source>
        <translation>期间已有变化</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="36" />
        <source>this cannot be done</source>
        <translation>无法执行</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="37" />
        <source>the station takes no case now</source>
        <translation>工位现在不接件</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="39" />
        <location filename="../troubles.py" line="38" />
        <source>teaching was cancelled</source>
        <translation>教学已取消</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="40" />
        <source>nothing can be learned from these</source>
        <translation>无法用这些图片教学</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="41" />
        <source>the model cannot be used</source>
        <translation>模型不能使用</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="42" />
        <source>the model gave no answer</source>
        <translation>模型没有给出结果</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="43" />
        <source>the model failed</source>
        <translation>模型出错</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="44" />
        <source>the board's pictures do not do</source>
        <translation>标定板图片不合用</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="45" />
        <source>the profile cannot be used</source>
        <translation>标定文件不能用</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="46" />
        <source>the light cannot be measured so</source>
        <translation>这样不能测光源</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="47" />
        <source>the colour cannot be measured so</source>
        <translation>这样不能测颜色</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="48" />
        <source>it cannot be calibrated so</source>
        <translation>这样不能标定</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="49" />
        <source>the label cannot be drawn</source>
        <translation>标签无法绘制</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="50" />
        <source>the printer does not answer</source>
        <translation>打印机没有应答</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="51" />
        <source>the code or label failed</source>
        <translation>编码或标签出错</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="52" />
        <source>it is not there</source>
        <translation>找不到</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="53" />
        <source>it must not be read</source>
        <translation>没有读取权限</translation>
    </message>
    <message>
        <location filename="../troubles.py" line="54" />
        <source>the disk failed</source>
        <translation>磁盘读写失败</translation>
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
        <location filename="../wording.py" line="160" />
        <source>PASS</source>
        <translation>合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="161" />
        <source>FAIL</source>
        <translation>不合格</translation>
    </message>
    <message>
        <location filename="../wording.py" line="162" />
        <source>REVIEW</source>
        <translation>复判</translation>
    </message>
</context><context>
    <name>window</name>
    <message>
        <location filename="../questions.py" line="21" />
        <location filename="../desks/check_desk.py" line="163" />
        <source>What happens with this case?</source>
        <translation>这一件怎么处置？</translation>
    </message>
    <message>
        <location filename="../questions.py" line="32" />
        <location filename="../desks/check_desk.py" line="178" />
        <source>Why {disposition}?</source>
        <translation>为什么判 {disposition}？</translation>
    </message>
    <message>
        <location filename="../questions.py" line="46" />
        <source>Which SKU comes next?</source>
        <translation>下一个型号？</translation>
    </message>
    <message>
        <location filename="../window.py" line="230" />
        <source>All cases of the source are through</source>
        <translation>图源中的箱壳已全部检测</translation>
    </message>
    <message>
        <location filename="../window.py" line="338" />
        <source>There is no case yet</source>
        <translation>还没有记录</translation>
    </message>
    <message>
        <location filename="../window.py" line="386" />
        <source>Changing over to {sku}...</source>
        <translation>正在换型：{sku}…</translation>
    </message>
    <message>
        <location filename="../window.py" line="392" />
        <source>Changed over to {sku}</source>
        <translation>已换型：{sku}</translation>
    </message>
</context><context>
    <name>wizard</name>
    <message>
        <location filename="../desks/colour_desk.py" line="75" />
        <source>{count} found</source>
        <translation>找到 {count} 张</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="77" />
        <source>Show a whole 24-patch card</source>
        <translation>放一张完整的 24 色卡</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="89" />
        <location filename="../desks/colour_desk.py" line="78" />
        <source>Read it</source>
        <translation>读色卡</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="74" />
        <location filename="../desks/lens_desk.py" line="133" />
        <location filename="../desks/colour_desk.py" line="79" />
        <source>Save in the profile</source>
        <translation>保存到标定文件</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="85" />
        <source>Camera: sRGB</source>
        <translation>相机：sRGB</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="85" />
        <source>Camera: linear</source>
        <translation>相机：线性</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="93" />
        <source>Colour</source>
        <translation>颜色标定</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="103" />
        <source>Each patch shows its camera ΔE after, left out of the fit: save, or read again</source>
        <translation>各色块上是修正后的相机 ΔE（该色块不参与拟合）：请保存，或重读</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="105" />
        <source>The card is found: read it</source>
        <translation>已找到色卡：请读取</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="106" />
        <source>Lay the card flat where the shell's front will be, without glare</source>
        <translation>把色卡平放在箱壳正面所在处，避免反光</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="112" />
        <source>camera ΔE {before:.1f} before, {after:.1f} after (left out)</source>
        <translation>相机 ΔE：修正前 {before:.1f}，修正后 {after:.1f}（留一）</translation>
    </message>
    <message>
        <location filename="../desks/colour_desk.py" line="119" />
        <source>{card}, {kind}, {patches} of 24 patches used</source>
        <translation>{card}，{kind}，用了 24 个色块中的 {patches} 个</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="43" />
        <source>Which board is it?</source>
        <translation>用的是哪种标定板？</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="44" />
        <source>inner corners and the side of a square</source>
        <translation>内角点数和方格边长</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="90" />
        <source>hold the board still</source>
        <translation>请把标定板拿稳</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="72" />
        <location filename="../desks/lens_desk.py" line="124" />
        <source>Choose the board</source>
        <translation>选标定板</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="126" />
        <source>Show it everywhere, tilted</source>
        <translation>倾斜着放到画面各处</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="127" />
        <source>{taken} pictures, {covered:.0f} % of the frame covered</source>
        <translation>{taken} 张，覆盖画面 {covered:.0f} %</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="154" />
        <location filename="../desks/lens_desk.py" line="132" />
        <source>Solve</source>
        <translation>求解</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="142" />
        <source>Lens</source>
        <translation>镜头标定</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="147" />
        <source>By itself: on</source>
        <translation>自动拍：开</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="147" />
        <source>By itself: off</source>
        <translation>自动拍：关</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="82" />
        <location filename="../desks/lens_desk.py" line="150" />
        <source>Board</source>
        <translation>换板</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="83" />
        <location filename="../desks/lens_desk.py" line="151" />
        <source>Take</source>
        <translation>拍一张</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="153" />
        <source>Drop last</source>
        <translation>去掉上一张</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="164" />
        <source>Move the board to a place that is not green yet, tilt it by 20 to 30 degrees</source>
        <translation>把标定板移到还没有变绿的地方，并倾斜 20 到 30 度</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="166" />
        <source>Enough pictures: solve, or take more</source>
        <translation>张数够了：可以求解，也可以再拍</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="167" />
        <source>The lens is good: save it</source>
        <translation>镜头标定良好：请保存</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="172" />
        <source>this picture is {px:.2f} px off the lens so far</source>
        <translation>当前图与已求镜头相差 {px:.2f} px</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="176" />
        <source>worst picture {name}: {px:.2f} px; {refused} refused</source>
        <translation>最差的一张 {name}：{px:.2f} px；拒用 {refused} 张</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="185" />
        <source>RMS {rms:.3f} px, held out {held_out} px, tilt {tilt:.0f} deg</source>
        <translation>RMS {rms:.3f} px，留出 {held_out} px，倾角 {tilt:.0f}°</translation>
    </message>
    <message>
        <location filename="../standings.py" line="34" />
        <location filename="../desks/lens_desk.py" line="191" />
        <source>none yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <location filename="../desks/lens_desk.py" line="192" />
        <source>there is one with RMS {rms:.3f} px</source>
        <translation>已有一份，RMS {rms:.3f} px</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="119" />
        <source>Before</source>
        <translation>看修正前</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="119" />
        <source>After</source>
        <translation>看修正后</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="122" />
        <source>Next light</source>
        <translation>下一光源</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="123" />
        <source>Take {count}</source>
        <translation>拍 {count} 张</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="125" />
        <source>Anew</source>
        <translation>重来</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="129" />
        <source>Light</source>
        <translation>光源标定</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="137" />
        <source>level {level}</source>
        <translation>亮度 {level}</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="138" />
        <source>Dark: every lamp off</source>
        <translation>暗场：关掉所有灯</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="140" />
        <source>Even surface, only {light}</source>
        <translation>均匀面，只开{light}</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="144" />
        <source>level {level:.0f}, unevenness {before:.1f} % to {after:.1f} %</source>
        <translation>亮度 {level:.0f}，不均匀 {before:.1f} % → {after:.1f} %</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="154" />
        <source>Taking frames: {left} to go, touch nothing</source>
        <translation>正在拍：还剩 {left} 张，请勿触碰</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="158" />
        <source>Switch every lamp off or cover the lens, then take</source>
        <translation>请关掉所有灯或盖住镜头，然后拍</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="160" />
        <source>Good: on to the next light, or save</source>
        <translation>良好：继续下一个光源，或保存</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="161" />
        <source>Lay the even matte sheet over the whole view, light only {light}, then take</source>
        <translation>把均匀哑光板铺满整个视图，只开{light}，然后拍</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="167" />
        <source>the live picture says that it is under {light}</source>
        <translation>实时画面标明的光源是{light}</translation>
    </message>
    <message>
        <location filename="../desks/light_desk.py" line="171" />
        <source>dust spots left out</source>
        <translation>已排除的灰尘点</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="71" />
        <source>The lens is measured</source>
        <translation>镜头已标定</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="73" />
        <source>Lay it where the shell's front will be, and take it</source>
        <translation>平放在箱壳正面所在的平面，拍一张</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="87" />
        <source>Scale</source>
        <translation>比例标定</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="93" />
        <source>none yet: measure the lens first</source>
        <translation>还没有：请先测镜头</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="101" />
        <source>Look at the smallest defect, then save</source>
        <translation>请看可检出的最小缺陷，然后保存</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="102" />
        <source>Lay the board flat at the height of the shell's front, then take it</source>
        <translation>把标定板平放在箱壳正面的高度，然后拍一张</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="111" />
        <source>{scale:.2f} px/mm in the middle, tilt {tilt:.1f} deg</source>
        <translation>中心 {scale:.2f} px/mm，倾角 {tilt:.1f}°</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="114" />
        <source>smallest defect that may be claimed: {claims}</source>
        <translation>可判定的最小缺陷：{claims}</translation>
    </message>
    <message>
        <location filename="../desks/scale_desk.py" line="115" />
        <source>the board's own lengths come out {percent:+.2f} % off</source>
        <translation>标定板自身长度的误差 {percent:+.2f} %</translation>
    </message>
    <message>
        <location filename="../desks/wizard_desk.py" line="87" />
        <source>view {view}, camera {camera}, {file}</source>
        <translation>视图：{view}，相机 {camera}，{file}</translation>
    </message>
    <message>
        <location filename="../desks/wizard_desk.py" line="184" />
        <source>Saved in {file}</source>
        <translation>已保存到 {file}</translation>
    </message>
    <message>
        <location filename="../desks/wizard_desk.py" line="187" />
        <source>write profile = "{file}" into the view of the recipe to use it</source>
        <translation>要使用它，请在配方的视图中写 profile = "{file}"</translation>
    </message>
</context><context>
    <name>zone</name>
    <message>
        <location filename="../wording.py" line="134" />
        <source>front</source>
        <translation>正面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="135" />
        <source>side</source>
        <translation>侧面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="136" />
        <source>back</source>
        <translation>背面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="137" />
        <source>bottom</source>
        <translation>底面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="138" />
        <source>top</source>
        <translation>顶面</translation>
    </message>
    <message>
        <location filename="../wording.py" line="139" />
        <source>left</source>
        <translation>左侧</translation>
    </message>
    <message>
        <location filename="../wording.py" line="140" />
        <source>right</source>
        <translation>右侧</translation>
    </message>
    <message>
        <location filename="../wording.py" line="141" />
        <source>edge</source>
        <translation>边缘</translation>
    </message>
    <message>
        <location filename="../wording.py" line="142" />
        <source>corner</source>
        <translation>转角</translation>
    </message>
    <message>
        <location filename="../wording.py" line="143" />
        <source>inside</source>
        <translation>内侧</translation>
    </message>
</context><context>
    <name>zones</name>
    <message>
        <location filename="../calibrationwords.py" line="44" />
        <source>zone {zone}</source>
        <translation>{zone} 区</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="46" />
        <source>shell outline</source>
        <translation>箱壳外形</translation>
    </message>
    <message>
        <location filename="../calibrationwords.py" line="47" />
        <source>ignore: {fitting}</source>
        <translation>忽略：{fitting}</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="95" />
        <location filename="../desks/scale_desk.py" line="81" />
        <location filename="../desks/light_desk.py" line="121" />
        <location filename="../desks/lens_desk.py" line="149" />
        <location filename="../desks/colour_desk.py" line="87" />
        <source>Next view</source>
        <translation>下一视图</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="96" />
        <location filename="../desks/scale_desk.py" line="84" />
        <location filename="../desks/light_desk.py" line="126" />
        <location filename="../desks/lens_desk.py" line="155" />
        <location filename="../desks/colour_desk.py" line="90" />
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="185" />
        <location filename="../desks/scale_desk.py" line="97" />
        <location filename="../desks/light_desk.py" line="152" />
        <location filename="../desks/lens_desk.py" line="160" />
        <location filename="../desks/colour_desk.py" line="99" />
        <source>Please wait...</source>
        <translation>请稍候……</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="88" />
        <source>What do you draw?</source>
        <translation>要画什么？</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="90" />
        <source>What is it?</source>
        <translation>这是什么？</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="95" />
        <source>In which folder are 20 good shells?</source>
        <translation>20 件良品的图片在哪个文件夹？</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="132" />
        <source>How wide is the band along the film's edge?</source>
        <translation>膜边的带子有多宽？</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="153" />
        <source>Looking for the outline in the good shells...</source>
        <translation>正在从良品中找外形……</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="161" />
        <source>Outline from {count} good shells, {spread:.1f} mm of spread; {refused} had no say</source>
        <translation>外形来自 {count} 件良品，离散 {spread:.1f} mm；{refused} 件未采用</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="184" />
        <source>Saved; the former recipe is {former}</source>
        <translation>已保存；原配方另存为 {former}</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="189" />
        <source>It judges from now on</source>
        <translation>从现在起按它判定</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="193" />
        <source>Saved, but not in use</source>
        <translation>已保存，但未启用</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="207" />
        <source>Go on drawing</source>
        <translation>继续画</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="208" />
        <source>Leave without saving</source>
        <translation>不保存就离开</translation>
    </message>
    <message>
        <location filename="../desks/zones_desk.py" line="218" />
        <source>What was drawn is not saved</source>
        <translation>画的内容还没有保存</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="89" />
        <source>Draw</source>
        <translation>画</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="90" />
        <source>Close</source>
        <translation>闭合</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="91" />
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="92" />
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="93" />
        <source>Kind</source>
        <translation>改类型</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="94" />
        <source>Find outline</source>
        <translation>找外形</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="102" />
        <source>Zones and ignore areas</source>
        <translation>分区与忽略区</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="105" />
        <source>view {view}</source>
        <translation>视图：{view}</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="106" />
        <source>elsewhere zone {zone}</source>
        <translation>其余为 {zone} 区</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="122" />
        <source>No reference picture, and no frame yet</source>
        <translation>没有参考图，也还没有相机画面</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="166" />
        <source>Nothing is drawn on this view yet</source>
        <translation>这个视图上还没有画任何区域</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="171" />
        <source>reference</source>
        <translation>参考图</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="171" />
        <source>newest frame</source>
        <translation>最新画面</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="176" />
        <source>{corners} corners, {area:.1f} cm²</source>
        <translation>{corners} 个角点，{area:.1f} cm²</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="189" />
        <source>{name}: tap along the edge, then Close</source>
        <translation>{name}：沿边缘依次点，再按“闭合”</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="191" />
        <source>{name}: tap its corners one after the other, then Close</source>
        <translation>{name}：依次点各个角，再按“闭合”</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="194" />
        <source>Tap where the corner goes; Delete takes it away</source>
        <translation>点一下角点的新位置；“删除”去掉这个角</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="196" />
        <source>Tap a corner to move it, a small ring to add one</source>
        <translation>点角点可移动它，点边上的小圈可加一个角</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="197" />
        <source>Draw something, or tap a shape to change it</source>
        <translation>按“画”新建，或点一个区域来修改</translation>
    </message>
    <message>
        <location filename="../pages/zones_page.py" line="204" />
        <source>not saved yet</source>
        <translation>尚未保存</translation>
    </message>
</context></TS>
