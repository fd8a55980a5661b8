import bpy

FARM_TOKEN = "<<farm>>"
bpy.ops.render.render()
