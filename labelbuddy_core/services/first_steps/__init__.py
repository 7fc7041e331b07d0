"""demo samples sample_contents sample_making sample_people tours tour_deeds"""
